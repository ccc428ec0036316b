"""Where identity providers are mapped, codes handed out and domains verified, for the invariants about them."""

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


@pytest.fixture
def coded(app: App) -> App:
    """Acme hands out a code for two."""
    scenes.tenant(app)
    scenes.code(app)
    return app


@pytest.fixture
def verified(app: App) -> App:
    """The domain acme.com is acme's."""
    scenes.tenant(app)
    scenes.domain(app)
    return app
