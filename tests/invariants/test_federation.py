"""Invariants 1, 2 and 4 for identity providers: what their word proves, towards whom, and what joins by it."""

from contextlib import suppress

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.runtime.wiring import App
from tests.support import scenes, stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    SHOWN_TOKEN,
    TODAY,
    an_event,
    user_attributes,
)
from tests.support.federated import identities, members, profile, sign_in, sign_up, token
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, kept
from tests.support.stage import FEDERATED_NAME, PROVIDER
from tests.support.stores import TestClock, entries, log_lines

SPELLINGS = ["true", "True", "TRUE", "1", "yes", "false", "", None]


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
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.tenant(app, "globex", provider_role=Role.MEMBER)
    stage.mapping(app, "globex.com", tenant_id="globex")
    stage.brought_by(app)

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
    stage.mapping(unseen, "globex.com", tenant_id="globex", provider="GlobexSaml")
    stage.invitation(unseen)
    stage.brought_by(unseen, "GlobexSaml")

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
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.mapping(app)
    stage.invitation(app)
    stage.brought_by(app)

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
    stage.mapping(unseen, "globex.com", tenant_id="globex", provider=stranger)
    sign_in(unseen, stranger, "mallory@globex.com", user_name)

    with pytest.raises(NotInvited):
        sign_up(unseen, user_name=user_name)
    claims = token(unseen, profile(stranger), user_name)

    assert "tenant_id" not in claims
    assert members(unseen) == []


def test_a_provider_with_underscores_in_its_name_brings_its_own(app: App) -> None:
    stage.tenant(app, provider_role=Role.VIEWER)
    stage.mapping(app, "acme.com", provider="a_b_c")
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
    stage.mapping(mapped, "acme.com", tenant_id="globex")
    stage.invitation(mapped, "ceo@acme.com", role=Role.OWNER)
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
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.mapping(app, "acme.com", email_attribute="upn")
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
    stage.invitation(mapped)
    linked = user_attributes(email_verified=verified) | {"identities": said}

    claims = token(mapped, linked)

    assert "tenant_id" not in claims
    assert members(mapped) == []


@pytest.mark.invariant(1)
def test_more_tenants_than_one_request_can_ask_for_are_no_fault(mapped: App) -> None:
    for number in range(101):
        stage.tenant(mapped, f"t{number}")
        stage.mapping(mapped, "acme.com", tenant_id=f"t{number}")

    assert token(mapped, profile())["tenant_id"] == "acme"


@pytest.mark.invariant(1)
def test_a_secret_does_not_make_a_providers_word_worth_more(mapped: App) -> None:
    stage.invitation(mapped, tenant_id="globex")
    claimed = {"email": ANA, "identities": identities("Stranger")}
    event = an_event(
        "PreSignUp_ExternalProvider", {"userAttributes": claimed, "clientMetadata": {"invitation": SHOWN_TOKEN}}
    )

    with pytest.raises(NotInvited):
        handler_of("pre_sign_up")(event, Context(), mapped)


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
