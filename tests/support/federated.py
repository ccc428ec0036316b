"""A person who comes by an identity provider: the profile, and each call that Cognito makes about it."""

import json
from collections.abc import Mapping
from typing import Any

from gatehouse.runtime.wiring import App
from tests.support.builders import ANA, an_event, user_attributes
from tests.support.functions import Context, handler_of
from tests.support.stage import FEDERATED_NAME, PROVIDER


def identities(*providers: str) -> str:
    """Return what Cognito has of a profile's providers."""
    return json.dumps([{"providerName": one, "userId": "00u8k2m4pXqZ7LrT5d7"} for one in providers])


def profile(*providers: str, **overrides: str | None) -> dict[str, str]:
    """Return the attributes of Ana's profile, which these providers alone can sign in."""
    attributes = user_attributes() | {
        "cognito:user_status": "EXTERNAL_PROVIDER",
        "email_verified": "false",
        "identities": identities(*(providers or (PROVIDER,))),
        **overrides,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def sign_in(app: App, provider: str = PROVIDER, email: str = ANA, user_name: str = FEDERATED_NAME) -> None:
    """Let the provider's answer pass inbound federation."""
    request = {"providerName": provider, "attributes": {"idToken": {"email": email, "email_verified": "true"}}}
    event = an_event("InboundFederation_ExternalProvider", request) | {"userName": user_name}
    handler_of("inbound_federation")(event, Context(), app)


def sign_up(app: App, email: str = ANA, user_name: str = FEDERATED_NAME, **attributes: str | None) -> None:
    """Let Cognito make the profile that a provider brings."""
    claimed = {"email": email, "email_verified": "true"} | attributes
    event = an_event("PreSignUp_ExternalProvider", {"userAttributes": claimed}) | {"userName": user_name}
    handler_of("pre_sign_up")(event, Context(), app)


def token(
    app: App, attributes: Mapping[str, object], user_name: str = FEDERATED_NAME, **metadata: str
) -> dict[str, Any]:
    """Have a token made for the profile of these attributes, whose provider has been noted before, or has not."""
    request = {"userAttributes": attributes, "clientMetadata": metadata}
    event = an_event("TokenGeneration_HostedAuth", request, version="2") | {"userName": user_name}
    handler_of("pre_token_generation")(event, Context(), app)
    section = event["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return dict(section["claimsToAddOrOverride"])


def members(app: App, tenant_id: str = "acme") -> list[str]:
    """Return who is in a tenant."""
    return [member.sub for member in app.members.of_tenant(tenant_id)]
