"""Invariants 1, 2 and 4 for identity providers: what their word proves, towards whom, and what joins by it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action, Outcome
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.membership import Role
from gatehouse.errors import NotInvited
from gatehouse.runtime.wiring import App
from tests.support import scenes
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    SHOWN_TOKEN,
    TODAY,
    an_event,
    an_invitation,
    user_attributes,
)
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, kept
from tests.support.scenes import FEDERATED_NAME, PROVIDER
from tests.support.stores import TestClock, entries, log_lines

SPELLINGS = ["true", "True", "TRUE", "1", "yes", "false", "", None]


def identities(*providers: str) -> str:
    return json.dumps([{"providerName": one, "userId": "00u8k2m4pXqZ7LrT5d7"} for one in providers])


def profile(*providers: str, **overrides: str | None) -> dict[str, str]:
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
    return [member.sub for member in app.members.of_tenant(tenant_id)]


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


@pytest.mark.invariant(1)
def test_a_mapped_providers_word_is_a_ground_and_its_profile_joins_with_the_first_token(unseen: App) -> None:
    sign_in(unseen)
    sign_up(unseen)

    claims = token(unseen, profile())

    assert (claims["tenant_id"], claims["tenant_role"]) == ("acme", "member")
    assert members(unseen) == [ANAS_SUB]
    assert counted(unseen, "acme") == kept(unseen, "acme") == (1, 0)


@pytest.mark.invariant(1)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_a_provider_says_of_an_address_being_verified_counts_for_nothing(app: App, spelling: str | None) -> None:
    scenes.tenant(app, provider_role=Role.MEMBER)
    scenes.tenant(app, "globex", provider_role=Role.MEMBER)
    scenes.mapping(app, "globex.com", tenant_id="globex")
    scenes.brought_by(app)

    with pytest.raises(NotInvited) as refused:
        sign_up(app, email_verified=spelling)
    claims = token(app, profile(email_verified=spelling))

    assert refused.value.reason == "domain_not_mapped"
    assert "tenant_id" not in claims
    assert members(app, "acme") + members(app, "globex") == []


@pytest.mark.invariant(1)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_proven_domain_is_enough_whatever_is_said_of_its_being_verified(mapped: App, spelling: str | None) -> None:
    claims = token(mapped, profile(email_verified=spelling))

    assert claims["tenant_id"] == "acme"


@pytest.mark.invariant(1)
def test_a_provider_that_asserts_another_tenants_domain_gets_in_nowhere(unseen: App) -> None:
    scenes.mapping(unseen, "globex.com", tenant_id="globex", provider="GlobexSaml")
    scenes.invitation(unseen)
    scenes.brought_by(unseen, "GlobexSaml")

    with pytest.raises(NotInvited) as brought:
        sign_in(unseen, "GlobexSaml")
    with pytest.raises(NotInvited) as made:
        sign_up(unseen)
    claims = token(unseen, profile("GlobexSaml"))
    with pytest.raises(NotInvited) as accepted:
        token(unseen, profile("GlobexSaml"), accept_tenant_id="acme")

    assert [one.value.reason for one in (brought, made, accepted)] == ["domain_not_mapped"] * 3
    assert "tenant_id" not in claims
    assert members(unseen) + members(unseen, "globex") == []


@pytest.mark.invariant(1)
def test_an_empty_list_of_domains_proves_nothing(app: App) -> None:
    scenes.tenant(app, provider_role=Role.MEMBER)
    scenes.mapping(app)
    scenes.invitation(app)
    scenes.brought_by(app)

    with pytest.raises(NotInvited) as brought:
        sign_in(app)
    with pytest.raises(NotInvited) as made:
        sign_up(app)
    claims = token(app, profile())

    assert [one.value.reason for one in (brought, made)] == ["domain_not_mapped"] * 2
    assert "tenant_id" not in claims
    assert members(app) == []


@pytest.mark.invariant(1)
@pytest.mark.parametrize(
    ("stranger", "user_name"),
    [("Acme", "Acme_Oidc_00u8k2m4pXqZ7LrT5d7"), ("Acme_Oidc_00u8", "Acme_Oidc_00u8_k2m4pXqZ7LrT5d7")],
)
def test_an_underscore_lets_no_provider_pass_for_another(unseen: App, stranger: str, user_name: str) -> None:
    scenes.mapping(unseen, "globex.com", tenant_id="globex", provider=stranger)
    sign_in(unseen, stranger, "mallory@globex.com", user_name)

    with pytest.raises(NotInvited):
        sign_up(unseen, user_name=user_name)
    claims = token(unseen, profile(stranger), user_name)

    assert "tenant_id" not in claims
    assert members(unseen) == []


def test_a_provider_with_underscores_in_its_name_brings_its_own(app: App) -> None:
    scenes.tenant(app, provider_role=Role.VIEWER)
    scenes.mapping(app, "acme.com", provider="a_b_c")
    sign_in(app, "a_b_c", user_name="d_e")
    sign_up(app, user_name="a_b_c_d_e")

    claims = token(app, profile("a_b_c"), "a_b_c_d_e")

    assert claims["tenant_role"] == "viewer"


@pytest.mark.invariant(1)
def test_a_sign_up_whose_provider_nobody_has_seen_has_no_ground(unseen: App) -> None:
    with pytest.raises(NotInvited) as refused:
        sign_up(unseen)

    assert refused.value.reason == "provider_not_mapped"


@pytest.mark.invariant(1)
def test_what_a_provider_said_counts_for_an_hour_and_of_its_own_profile(unseen: App, clock: TestClock) -> None:
    sign_in(unseen)
    with pytest.raises(NotInvited):
        sign_up(unseen, user_name="Acme_Oidc_somebodyelse")
    clock.advance(hours=1)

    with pytest.raises(NotInvited) as refused:
        sign_up(unseen)
    claims = token(unseen, profile())

    assert refused.value.reason == "provider_not_mapped"
    assert "tenant_id" not in claims


@pytest.mark.invariant(1)
@pytest.mark.invariant(4)
def test_an_address_that_a_profiles_owner_has_changed_proves_nothing(mapped: App) -> None:
    """Cognito lets an access token write what a provider's attribute is mapped to."""
    scenes.mapping(mapped, "acme.com", tenant_id="globex")
    scenes.invitation(mapped, "ceo@acme.com", role=Role.OWNER)
    rewritten = profile(email="ceo@acme.com")

    claims = token(mapped, rewritten)
    with pytest.raises(NotInvited) as refused:
        token(mapped, rewritten, accept_tenant_id="acme")

    assert "tenant_id" not in claims
    assert refused.value.reason == "address_not_proven"
    assert members(mapped) == []


@pytest.mark.invariant(1)
def test_an_address_in_another_case_is_the_same(mapped: App) -> None:
    assert token(mapped, profile(email="Ana@ACME.com"))["tenant_id"] == "acme"


@pytest.mark.invariant(1)
def test_an_answer_without_an_address_passes_and_proves_nothing(unseen: App) -> None:
    request = {"providerName": PROVIDER, "attributes": {"samlResponse": {"upn": ANA}}}
    event = an_event("InboundFederation_ExternalProvider", request) | {"userName": FEDERATED_NAME}

    handler_of("inbound_federation")(event, Context(), unseen)

    with pytest.raises(NotInvited) as refused:
        sign_up(unseen)
    assert refused.value.reason == "address_not_proven"
    assert "tenant_id" not in token(unseen, profile())


@pytest.mark.invariant(1)
def test_an_address_is_looked_for_where_the_mapping_says_and_nowhere_else(app: App) -> None:
    scenes.tenant(app, provider_role=Role.MEMBER)
    scenes.mapping(app, "acme.com", email_attribute="upn")
    said = {"upn": ANA, "email": "ceo@acme.com"}
    request = {"providerName": PROVIDER, "attributes": {"idToken": said}}
    event = an_event("InboundFederation_ExternalProvider", request) | {"userName": FEDERATED_NAME}

    handler_of("inbound_federation")(event, Context(), app)

    assert "tenant_id" not in token(app, profile(email="ceo@acme.com"))
    assert token(app, profile())["tenant_id"] == "acme"


@pytest.mark.invariant(1)
@pytest.mark.invariant(11)
@pytest.mark.parametrize("source", ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_FromTheFuture"])
@pytest.mark.parametrize("said", [identities(PROVIDER), "[]", "", ["a list"]], ids=str)
def test_identities_that_no_provider_brings_are_no_ground(mapped: App, source: str, said: object) -> None:
    event = an_event(source, {"userAttributes": {"email": ANA, "identities": said}}) | {"userName": FEDERATED_NAME}

    with pytest.raises(NotInvited) as refused:
        handler_of("pre_sign_up")(event, Context(), mapped)

    assert refused.value.reason == "provider_not_mapped"


@pytest.mark.invariant(1)
@pytest.mark.parametrize("said", [identities(PROVIDER), "[]", "not JSON", "", ["a list"], {}], ids=str)
@pytest.mark.parametrize("verified", ["true", "false"])
def test_a_profile_with_a_password_and_identities_has_no_proven_address(
    mapped: App, said: object, verified: str
) -> None:
    scenes.invitation(mapped)
    linked = user_attributes(email_verified=verified) | {"identities": said}

    claims = token(mapped, linked)

    assert "tenant_id" not in claims
    assert members(mapped) == []


@pytest.mark.invariant(1)
def test_more_tenants_than_one_request_can_ask_for_are_no_fault(mapped: App) -> None:
    for number in range(101):
        scenes.tenant(mapped, f"t{number}")
        scenes.mapping(mapped, "acme.com", tenant_id=f"t{number}")

    assert token(mapped, profile())["tenant_id"] == "acme"


@pytest.mark.invariant(1)
def test_a_native_profile_joins_nothing_by_a_rule(mapped: App) -> None:
    claims = token(mapped, user_attributes())

    assert "tenant_id" not in claims
    assert members(mapped) == []


@pytest.mark.invariant(1)
def test_a_secret_does_not_make_a_providers_word_worth_more(mapped: App) -> None:
    scenes.invitation(mapped, tenant_id="globex")
    claimed = {"email": ANA, "identities": identities("Stranger")}
    event = an_event(
        "PreSignUp_ExternalProvider", {"userAttributes": claimed, "clientMetadata": {"invitation": SHOWN_TOKEN}}
    )

    with pytest.raises(NotInvited):
        handler_of("pre_sign_up")(event, Context(), mapped)


@pytest.mark.invariant(2)
def test_an_open_invitation_comes_before_the_rule_and_is_used_once(mapped: App) -> None:
    scenes.invitation(mapped, role=Role.ADMIN)

    first, second = token(mapped, profile()), token(mapped, profile(sub="another-sub"))

    assert first["tenant_role"] == "admin"
    assert "tenant_id" not in second
    assert members(mapped) == [ANAS_SUB]


def test_a_tenant_without_the_rule_needs_an_invitation(app: App) -> None:
    scenes.tenant(app)
    scenes.mapping(app, "acme.com")
    sign_in(app)
    with pytest.raises(NotInvited) as refused:
        sign_up(app)
    scenes.invitation(app)

    sign_up(app)
    claims = token(app, profile())

    assert refused.value.reason == "address_unknown"
    assert claims["tenant_id"] == "acme"


def test_an_address_is_proven_only_towards_tenants_that_map_the_provider(mapped: App) -> None:
    scenes.invitation(mapped, tenant_id="globex")
    token(mapped, profile())

    with pytest.raises(NotInvited) as refused:
        token(mapped, profile(), accept_tenant_id="globex")

    assert refused.value.reason == "address_not_proven"


def test_a_profile_of_two_providers_has_no_proven_address(mapped: App) -> None:
    scenes.mapping(mapped, "acme.com", tenant_id="globex", provider="Google")

    claims = token(mapped, profile(PROVIDER, "Google"))

    assert "tenant_id" not in claims
    assert members(mapped) + members(mapped, "globex") == []


def test_where_two_tenants_would_take_somebody_an_invitation_must_say_which(mapped: App) -> None:
    scenes.mapping(mapped, "acme.com", tenant_id="globex")
    before = token(mapped, profile())
    scenes.invitation(mapped, tenant_id="globex")

    after = token(mapped, profile())

    assert "tenant_id" not in before
    assert after["tenant_id"] == "globex"


def test_a_removed_member_comes_back_by_a_persons_invitation_only(mapped: App) -> None:
    removed = an_invitation(status=InvitationStatus.REMOVED, sub=ANAS_SUB)
    scenes.rewrite(mapped, removed)
    before = token(mapped, profile())
    scenes.invitation(mapped, id="01KAS3Q4W0CCCCCCCCCCCCCCCC")

    after = token(mapped, profile())

    assert "tenant_id" not in before
    assert after["tenant_id"] == "acme"


@pytest.mark.invariant(3)
def test_a_rule_takes_nobody_without_a_seat(app: App) -> None:
    scenes.tenant(app, limit=1, provider_role=Role.MEMBER)
    scenes.mapping(app, "acme.com")

    scenes.brought_by(app)
    first = token(app, profile())
    scenes.brought_by(app, address="kim@acme.com")
    second = token(app, profile(sub="another-sub", email="kim@acme.com"))

    denied = [entry.reason for entry in entries(app, TODAY, "acme") if entry.outcome is Outcome.DENY]
    assert first["tenant_id"] == "acme"
    assert "tenant_id" not in second
    assert denied == ["no_seat"]
    assert counted(app, "acme") == kept(app, "acme") == (1, 0)


def test_a_rules_join_is_told_as_such(mapped: App) -> None:
    token(mapped, profile())

    told = {(entry.action, entry.reason) for entry in entries(mapped, TODAY, "acme") if entry.source != "cli:test"}
    assert told == {(Action.MEMBER_JOIN, "taken_by_provider"), (Action.TOKEN_ISSUE, "default_tenant")}
    assert mapped.invitations.get(parse_address(ANA), "acme").invited_by == f"provider:{PROVIDER}"


@pytest.mark.invariant(9)
@pytest.mark.parametrize("email", [ANA, "ana@globex.com"], ids=["let in", "refused"])
def test_a_providers_tokens_are_neither_logged_nor_stored(mapped: App, aws: Aws, email: str) -> None:
    tokens = {"access_token": "live-token", "id_token": "live-token", "refresh_token": "live-token"}
    said = {"tokenResponse": tokens, "idToken": {"email": email, "nonce": "live-token"}}
    event = an_event("InboundFederation_ExternalProvider", {"providerName": PROVIDER, "attributes": said})

    with suppress(NotInvited):
        handler_of("inbound_federation")(event, Context(), mapped)

    core, audit = (aws.call("dynamodb", "Scan", {"TableName": table})["Items"] for table in ("core", "audit"))
    assert PROVIDER in str(audit)
    assert "live-token" not in f"{core} {audit} {log_lines(mapped)}"
    assert email not in f"{audit} {log_lines(mapped)}"


@pytest.mark.parametrize("status", ["FORCE_CHANGE_PASSWORD", "CONFIRMED"])
def test_who_was_made_by_an_administrator_or_confirmed_by_a_one_time_code_joins_with_the_first_token(
    app: App, status: str
) -> None:
    scenes.SCENES["post_confirmation", "joined"].arrange(app)
    unproven = token(app, user_attributes(email_verified="false", **{"cognito:user_status": status}))

    proven = token(app, user_attributes(**{"cognito:user_status": status}))

    assert "tenant_id" not in unproven
    assert proven["tenant_id"] == "acme"


@pytest.mark.invariant(6)
@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({}, id="unknown"),
        pytest.param(user_attributes(), id="native"),
        pytest.param(user_attributes(identities=identities("Stranger")), id="native, with a provider linked"),
        pytest.param(profile(), id="a mapped provider's"),
        pytest.param(profile("Stranger"), id="another provider's"),
    ],
)
def test_before_authentication_nobody_is_told_apart_by_typing_a_name(unseen: App, attributes: dict[str, str]) -> None:
    event = an_event("PreAuthentication_Authentication", {"userAttributes": attributes})

    assert handler_of("pre_authentication")(event | {"userName": FEDERATED_NAME}, Context(), unseen)
    assert [entry for entry in entries(unseen, TODAY, "acme") if entry.source != "cli:test"] == []
