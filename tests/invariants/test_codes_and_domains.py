"""Invariants 1, 2 and 3 for codes and verified domains: the grounds that anybody's address may have."""

from contextlib import suppress
from typing import Any

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action
from gatehouse.domain.code import CodeStatus, hash_code
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited, Refusal
from gatehouse.runtime.wiring import App
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    CODE,
    SHOWN_TOKEN,
    TODAY,
    a_claim,
    a_code,
    an_event,
    user_attributes,
)
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, fresh_entry, joins, kept, removes
from tests.support.stores import entries

ANOTHER = "00000000-0000-4000-8000-000000000000"
WRONG = "7K2M9-QX4TB-0WHZ3-NVR8E"
SOURCES = ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_FromTheFuture", ""]


def sign_up(
    app: App, address: str = ANA, sub: str = ANAS_SUB, source: str = "PreSignUp_SignUp", **metadata: str
) -> Any:
    event = an_event(source, {"userAttributes": {"email": address}, "clientMetadata": metadata}) | {"userName": sub}
    return handler_of("pre_sign_up")(event, Context(), app)["response"]


def confirm(app: App, address: str = ANA, sub: str = ANAS_SUB, verified: str = "true", **metadata: str) -> None:
    request = {
        "userAttributes": user_attributes(sub=sub, email=address, email_verified=verified),
        "clientMetadata": metadata,
    }
    event = an_event("PostConfirmation_ConfirmSignUp", request) | {"userName": sub}
    handler_of("post_confirmation")(event, Context(), app)


def token(app: App, sub: str = ANAS_SUB, address: str = ANA) -> dict[str, Any]:
    request = {"userAttributes": user_attributes(sub=sub, email=address)}
    event = an_event("TokenGeneration_Authentication", request, version="2") | {"userName": sub}
    handler_of("pre_token_generation")(event, Context(), app)
    section = event["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return dict(section["claimsToAddOrOverride"])


def members(app: App, tenant_id: str = "acme") -> list[str]:
    return [member.sub for member in app.members.of_tenant(tenant_id)]


def why(app: App, action: Action) -> list[str]:
    return [entry.reason for entry in entries(app, TODAY, "acme") if entry.action is action]


@pytest.mark.invariant(1)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("code", [WRONG, a_code().hash, a_code().id, "-", "x" * 131_072, "\ud800", "CODE#"])
def test_what_is_no_code_is_no_ground_for_any_source(coded: App, source: str, code: str) -> None:
    with pytest.raises(NotInvited):
        sign_up(coded, source=source, code=code)

    assert not coded.addresses.page(parse_address(ANA)).admissions


@pytest.mark.invariant(1)
@pytest.mark.parametrize("source", SOURCES)
def test_a_code_is_a_ground_that_proves_no_address(coded: App, source: str) -> None:
    response = sign_up(coded, source=source, code=CODE)

    assert not any(response.values())
    assert coded.codes.get("acme", a_code().id).uses == 0
    assert coded.tenants.seats("acme").held == 0


@pytest.mark.invariant(1)
def test_a_code_that_was_asked_for_and_is_not_to_be_had_is_not_made_good_by_the_domain(verified: App) -> None:
    with pytest.raises(NotInvited):
        sign_up(verified, code=WRONG)
    with pytest.raises(NotInvited):
        sign_up(verified, invitation="01KAS3Q4W0AAAAAAAAAAAAAAAA.wrong")

    assert not verified.addresses.page(parse_address(ANA)).admissions


@pytest.mark.invariant(1)
def test_a_wrong_token_is_not_made_good_by_a_code(coded: App) -> None:
    with pytest.raises(NotInvited):
        sign_up(coded, invitation="01KAS3Q4W0AAAAAAAAAAAAAAAA.wrong", code=CODE)


@pytest.mark.invariant(1)
@pytest.mark.parametrize("address", ["ana@mail.acme.com", "ana@acme.com.example", "ana@acme.org", "+4915112345678"])
def test_a_verified_domain_is_a_ground_for_that_very_domain_alone(verified: App, address: str) -> None:
    with pytest.raises(Refusal):
        sign_up(verified, address)


@pytest.mark.invariant(1)
def test_a_domain_that_is_only_claimed_is_no_ground(app: App) -> None:
    stage.tenant(app)
    app.domains.claim(a_claim(), fresh_entry())

    with pytest.raises(NotInvited) as refused:
        sign_up(app)

    assert refused.value.reason == "address_unknown"


@pytest.mark.invariant(1)
@pytest.mark.parametrize("ground", [{"code": CODE}, {}])
def test_nobody_joins_by_an_address_that_is_not_proven(coded: App, ground: dict[str, str]) -> None:
    stage.domain(coded)
    sign_up(coded, **ground)

    confirm(coded, verified="false", **ground)

    assert members(coded) == []
    assert coded.codes.get("acme", a_code().id).uses == 0


@pytest.mark.invariant(1)
def test_a_code_for_a_domain_is_held_against_the_address_that_is_proven_not_the_one_that_was_typed(app: App) -> None:
    stage.tenant(app)
    stage.code(app, domains=frozenset({"acme.com"}))
    sign_up(app, code=CODE)

    confirm(app, "ana@elsewhere.example", code=CODE)

    assert members(app) == []
    assert "code_not_for_domain" in why(app, Action.MEMBER_JOIN)


@pytest.mark.invariant(1)
def test_what_happened_since_the_sign_up_counts_at_the_join(coded: App) -> None:
    sign_up(coded, code=CODE)
    coded.codes.set_status("acme", a_code().id, CodeStatus.PAUSED, fresh_entry())

    confirm(coded)
    assert members(coded) == []

    coded.codes.set_status("acme", a_code().id, CodeStatus.ACTIVE, fresh_entry())
    assert token(coded)["tenant_id"] == "acme"


@pytest.mark.invariant(2)
def test_a_code_makes_one_membership_for_one_user_however_often_it_is_tried(coded: App) -> None:
    for _ in range(3):
        sign_up(coded, code=CODE)
        confirm(coded)
        confirm(coded, code=CODE)
        token(coded)

    assert members(coded) == [ANAS_SUB]
    assert coded.codes.get("acme", a_code().id).uses == 1
    assert counted(coded, "acme") == kept(coded, "acme") == (1, 0)


@pytest.mark.invariant(2)
def test_a_code_is_used_no_more_often_than_it_is_for(coded: App) -> None:
    for number in range(4):
        with suppress(NotInvited):
            sign_up(coded, f"p{number}@acme.com", f"sub-{number}", code=CODE)
        confirm(coded, f"p{number}@acme.com", f"sub-{number}")

    assert members(coded) == ["sub-0", "sub-1"]


@pytest.mark.invariant(2)
def test_abandoned_sign_ups_use_nothing_up(coded: App) -> None:
    for number in range(10):
        sign_up(coded, f"p{number}@acme.com", f"sub-{number}", code=CODE)

    sign_up(coded, code=CODE)
    confirm(coded)

    assert members(coded) == [ANAS_SUB]


@pytest.mark.invariant(2)
def test_nobody_is_led_into_a_tenant_by_a_code_that_somebody_else_typed_with_their_address(coded: App) -> None:
    stage.tenant(coded, "evil")
    stage.code(coded, tenant_id="evil", id="01KAS3Q4W0EEEEEEEEEEEEEEEE", hash=hash_code(WRONG))
    sign_up(coded, code=CODE)
    sign_up(coded, sub=ANOTHER, code=WRONG)

    confirm(coded)

    assert (members(coded), members(coded, "evil")) == ([ANAS_SUB], [])


@pytest.mark.invariant(2)
def test_a_user_without_a_tenant_is_not_led_into_one_by_somebody_elses_code(coded: App) -> None:
    sign_up(coded, sub=ANOTHER, code=CODE)

    claims = token(coded)

    assert "tenant_id" not in claims
    assert members(coded) == []


@pytest.mark.invariant(2)
@pytest.mark.parametrize("typed", [{"code": CODE}, {}])
def test_what_somebody_else_typed_does_not_block_the_invited_person(coded: App, typed: dict[str, str]) -> None:
    stage.domain(coded, mode=JoinMode.APPROVAL)
    stage.invitation(coded, role=Role.ADMIN)
    sign_up(coded, invitation=SHOWN_TOKEN)
    sign_up(coded, sub=ANOTHER, **typed)

    confirm(coded)

    assert coded.members.get("acme", ANAS_SUB).role is Role.ADMIN
    assert coded.codes.get("acme", a_code().id).uses == 0


@pytest.mark.invariant(2)
@pytest.mark.parametrize("typed", [{"code": CODE}, {}])
def test_an_open_invitation_comes_before_a_code_and_a_domain(coded: App, typed: dict[str, str]) -> None:
    stage.domain(coded)
    stage.invitation(coded, role=Role.ADMIN)
    sign_up(coded, **typed)

    confirm(coded)

    assert coded.members.get("acme", ANAS_SUB).role is Role.ADMIN
    assert coded.invitations.get(parse_address(ANA), "acme").status is InvitationStatus.ACCEPTED
    assert coded.codes.get("acme", a_code().id).uses == 0
    assert counted(coded, "acme") == kept(coded, "acme") == (1, 0)


@pytest.mark.invariant(2)
@pytest.mark.parametrize("typed", [{"code": CODE}, {}])
@pytest.mark.parametrize("address", [ANA, "ana.maria@acme.com"])
def test_a_removed_member_does_not_come_back_by_a_code_or_a_domain(
    coded: App, typed: dict[str, str], address: str
) -> None:
    stage.domain(coded)
    joins(coded, stage.invitation(coded))
    removes(coded)

    sign_up(coded, address, **typed)
    confirm(coded, address)
    claims = token(coded, address=address)

    assert "tenant_id" not in claims
    assert members(coded) == []
    assert coded.codes.get("acme", a_code().id).uses == 0


@pytest.mark.invariant(3)
@pytest.mark.parametrize("typed", [{"code": CODE}, {}])
def test_neither_a_code_nor_a_domain_makes_a_seat(app: App, typed: dict[str, str]) -> None:
    stage.tenant(app, limit=1)
    stage.code(app, max_uses=9)
    stage.domain(app)
    for number in range(3):
        sign_up(app, f"p{number}@acme.com", f"sub-{number}", **typed)
        confirm(app, f"p{number}@acme.com", f"sub-{number}")

    assert members(app) == ["sub-0"]
    assert why(app, Action.MEMBER_JOIN).count("no_seat") == 2
    assert counted(app, "acme") == kept(app, "acme") == (1, 0)


@pytest.mark.invariant(3)
def test_who_waits_holds_no_seat_and_no_token_names_the_tenant(app: App) -> None:
    stage.tenant(app, limit=1)
    stage.domain(app, mode=JoinMode.APPROVAL)
    for number in range(3):
        sign_up(app, f"p{number}@acme.com", f"sub-{number}")
        confirm(app, f"p{number}@acme.com", f"sub-{number}")

    claims = [token(app, f"sub-{number}", f"p{number}@acme.com") for number in range(3)]

    assert [one.get("tenant_id") for one in claims] == [None] * 3
    assert len(list(app.join_requests.of_tenant("acme"))) == 3
    assert (members(app), app.tenants.seats("acme").held) == ([], 0)
