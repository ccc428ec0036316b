"""Where identity providers are mapped, codes handed out and domains verified, for the invariants about them."""

import pytest

from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.support import stage


@pytest.fixture
def unseen(app: App) -> App:
    """Acme takes its provider's word for acme.com, whoever it is; globex maps nothing. Nobody has signed in yet."""
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.tenant(app, "globex", provider_role=Role.MEMBER)
    stage.mapping(app, "acme.com")
    return app


@pytest.fixture
def mapped(unseen: App) -> App:
    """Ana is just back from acme's provider."""
    stage.brought_by(unseen)
    return unseen


@pytest.fixture
def coded(app: App) -> App:
    """Acme hands out a code for two."""
    stage.tenant(app)
    stage.code(app)
    return app


@pytest.fixture
def verified(app: App) -> App:
    """The domain acme.com is acme's."""
    stage.tenant(app)
    stage.domain(app)
    return app
