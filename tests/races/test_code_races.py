"""Races of codes and domains: as many members as a code is for, a domain of one tenant, one answer to a request."""

from dataclasses import replace

import pytest

from gatehouse.domain.audit import Reason
from gatehouse.domain.code import Code, CodeStatus, hash_code
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.mail_domain import JoinMode, JoinRequest
from gatehouse.errors import NotInvited
from gatehouse.refusals.rules import DomainTaken, JoinRequestNotFound
from gatehouse.runtime.wiring import App
from tests.races.test_races import agreed, of_kinds, reasons
from tests.support import stage
from tests.support.arena import Act, Arena
from tests.support.builders import TODAY, a_claim, a_membership, a_request, an_invitation
from tests.support.histories import fresh_entry, has_tenant

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY = 64
SOME = 16


def a_tenants_code(app: App, tenant_id: str, **overrides: object) -> Code:
    return stage.code(app, tenant_id=tenant_id, hash=hash_code(tenant_id), **overrides)


def join(code: Code, person: str) -> Act:
    """Return the join of a person, each with an address and a profile of their own, by a code."""
    address, sub = f"{person}@{code.tenant_id}.example", f"{code.tenant_id}.{person}"
    slot = an_invitation(
        address,
        id=stage.fresh_entry_id(),
        tenant_id=code.tenant_id,
        status=InvitationStatus.ACCEPTED,
        sub=sub,
        expires_on=TODAY,
    )
    member = a_membership(tenant_id=code.tenant_id, address=address, sub=sub)
    return lambda app: app.addresses.join_by_rule(slot, member, fresh_entry(tenant_id=code.tenant_id), TODAY, code)


def approve(request: JoinRequest) -> Act:
    slot = answered(request, InvitationStatus.ACCEPTED)
    member = a_membership(tenant_id=request.tenant_id, address=request.address.value, sub=request.sub)
    entry = fresh_entry(tenant_id=request.tenant_id)
    return lambda app: app.addresses.join_by_rule(slot, member, entry, TODAY, request)


def reject(request: JoinRequest) -> Act:
    entry = fresh_entry(tenant_id=request.tenant_id)
    return lambda app: app.join_requests.reject(request, answered(request, InvitationStatus.REMOVED), entry, TODAY)


def answered(request: JoinRequest, status: InvitationStatus) -> Invitation:
    return an_invitation(request.address.value, tenant_id=request.tenant_id, sub=request.sub, status=status)


def test_a_code_with_five_uses_left_makes_five_members_of_sixty_four(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=None)
        code = a_tenants_code(arena.app, tenant_id, max_uses=20, uses=15)

        outcomes = arena.at_once(*[join(code, f"person-{number}") for number in range(MANY)])

        assert of_kinds(outcomes) == {True: 5, NotInvited: MANY - 5}
        assert reasons(outcomes) == {Reason.CODE_USED_UP}
        assert arena.app.codes.get(tenant_id, code.id).uses == 20
        assert agreed(arena, tenant_id) == (5, 0)


def test_the_last_seat_goes_to_one_of_sixty_four_who_join_by_a_code(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=1)
        code = a_tenants_code(arena.app, tenant_id, max_uses=20)

        outcomes = arena.at_once(*[join(code, f"person-{number}") for number in range(MANY)])

        assert of_kinds(outcomes) == {True: 1, NotInvited: MANY - 1}
        assert reasons(outcomes) == {Reason.NO_SEAT}
        assert arena.app.codes.get(tenant_id, code.id).uses == 1
        assert agreed(arena, tenant_id) == (1, 0)


def test_one_user_who_joins_by_a_code_many_times_over_uses_it_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        code = a_tenants_code(arena.app, tenant_id)

        outcomes = arena.at_once(*[join(code, "person") for _ in range(SOME)])

        assert of_kinds(outcomes) == {True: 1, False: SOME - 1}
        assert arena.app.codes.get(tenant_id, code.id).uses == 1
        assert agreed(arena, tenant_id) == (1, 0)


def test_who_joins_while_a_code_is_revoked_is_a_member_before_or_not_at_all(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=None)
        code = a_tenants_code(arena.app, tenant_id, max_uses=20)

        def revoke(app: App, code: Code = code) -> CodeStatus:
            entry = fresh_entry(tenant_id=code.tenant_id)
            return app.codes.set_status(code.tenant_id, code.id, CodeStatus.REVOKED, entry).status

        was, *outcomes = arena.at_once(revoke, *[join(code, f"person-{number}") for number in range(7)])

        made = outcomes.count(True)
        assert was is CodeStatus.ACTIVE
        assert reasons(outcomes) <= {Reason.CODE_REVOKED}
        assert arena.app.codes.get(tenant_id, code.id).uses == made
        assert agreed(arena, tenant_id) == (made, 0)


def test_a_domain_is_verified_for_one_of_the_tenants_that_claim_it(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        domain, tenants = f"{tenant_id}.example", [f"{tenant_id}-{number}" for number in range(8)]
        for one in tenants:
            has_tenant(arena.app, one)
            arena.app.domains.claim(a_claim(domain=domain, tenant_id=one), fresh_entry(tenant_id=one))

        def verify(one: str, domain: str = domain) -> Act:
            verified = replace(a_claim(domain=domain, tenant_id=one), verified_at=a_claim().claimed_at)
            return lambda app: app.domains.verify(verified, fresh_entry(tenant_id=one))

        outcomes = arena.at_once(*map(verify, tenants))

        rule = arena.app.domains.rule_of(domain)
        assert of_kinds(outcomes) == {None: 1, DomainTaken: 7}
        assert rule is not None
        assert rule.tenant_id == tenants[outcomes.index(None)]


def test_a_request_is_approved_or_rejected_and_never_both(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        domain = f"{tenant_id}.example"
        claim = stage.domain(arena.app, domain=domain, tenant_id=tenant_id, mode=JoinMode.APPROVAL)
        address, sub = f"person@{domain}", f"{tenant_id}.person"
        request = a_request(address, tenant_id=tenant_id, sub=sub)
        rule = arena.app.domains.rule_of(claim.domain)
        assert rule is not None
        arena.app.addresses.ask(request, rule, fresh_entry(tenant_id=tenant_id), TODAY)

        approving, rejecting = arena.at_once(approve(request), reject(request))

        if approving is True:
            assert isinstance(rejecting, JoinRequestNotFound)
            assert agreed(arena, tenant_id) == (1, 0)
        else:
            assert rejecting is None
            assert agreed(arena, tenant_id) == (0, 0)
