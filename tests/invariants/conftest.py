"""Where identity providers are mapped, for the invariants that are about them."""

import pytest

from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.support import scenes


@pytest.fixture
def unseen(app: App) -> App:
    """Acme takes its provider's word for acme.com, whoever it is; globex maps nothing. Nobody has signed in yet."""
    scenes.tenant(app, provider_role=Role.MEMBER)
    scenes.tenant(app, "globex", provider_role=Role.MEMBER)
    scenes.mapping(app, "acme.com")
    return app


@pytest.fixture
def mapped(unseen: App) -> App:
    """Ana is just back from acme's provider."""
    scenes.brought_by(unseen)
    return unseen
