"""Every operation of the store, on the largest tenant of a seeded table: what each asks of DynamoDB, and how long."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from benchmarks import Unmeasurable
from benchmarks.rule_operations import RULE_OPERATIONS
from benchmarks.seeded_stage import Act, Prepare, Stage, first
from benchmarks.seeding import LARGEST
from benchmarks.tally import Cost
from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Entry
from gatehouse.domain.delivery import DeliveryStatus, Outcome
from gatehouse.domain.invitation import InvitationStatus, Replacement
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from tests.support.builders import (
    CLIENT_ID,
    NOW,
    OPERATOR,
    PROVIDER,
    TODAY,
    a_client,
    a_mapping,
    a_note,
    a_tenant,
    an_admission,
    an_attempt,
    seats,
)

_OTHER = "tenant-1"


def _join(stage: Stage) -> Act:
    invitation = stage.invitation()
    stage.app.addresses.admit(
        an_admission(invitation.address.value, tenant_id=LARGEST, invitation_id=invitation.id), stage.entry()
    )
    return lambda: stage.app.addresses.join(invitation, stage.membership(invitation), stage.entry(), TODAY)


def _join_by_rule(stage: Stage) -> Act:
    membership = stage.membership(stage.order())
    slot = stage.slot(membership)
    return lambda: stage.app.addresses.join_by_rule(slot, membership, stage.entry(), TODAY)


def _page(stage: Stage) -> Act:
    address = stage.invitation().address
    return lambda: stage.app.addresses.page(address)


def _admit(stage: Stage) -> Act:
    invitation = stage.invitation()
    note = an_admission(invitation.address.value, tenant_id=LARGEST, invitation_id=invitation.id)
    return lambda: stage.app.addresses.admit(note, stage.entry())


def _create(stage: Stage) -> Act:
    made = stage.order()
    return lambda: stage.app.invitations.create(made, stage.entry(), TODAY)


def _create_first_of_a_day(stage: Stage) -> Act:
    number = stage.number()
    tenant_id = f"folding-{number}"
    ending = {TODAY - timedelta(days=day): 1 for day in range(1, 31)}
    stage.app.tenants.create(
        a_tenant(id=tenant_id),
        seats(folded=TODAY - timedelta(days=31), held=30, limit=30, ending=ending),
        stage.entry(),
    )
    made = stage.order(tenant_id=tenant_id)
    return lambda: stage.app.invitations.create(made, stage.entry(), TODAY)


def _get_invitation(stage: Stage) -> Act:
    address = stage.invitation().address
    return lambda: stage.app.invitations.get(address, LARGEST)


def _resend(stage: Stage) -> Act:
    made = stage.invitation()
    fresh = replace(made, expires_on=made.expires_on + timedelta(days=1), shown_hash="a" * 64, mailed_hash="b" * 64)
    fresh = replace(fresh, resent=1, resent_at=NOW)
    return lambda: stage.app.invitations.resend(made, fresh, stage.entry(), TODAY)


def _revoke(stage: Stage) -> Act:
    made = stage.invitation()
    return lambda: stage.app.invitations.revoke(made, stage.entry(), TODAY)


def _set_inviter(stage: Stage) -> Act:
    made = stage.invitation()
    return lambda: stage.app.invitations.set_inviter(made, "somebody else", stage.entry())


def _of_addresses(stage: Stage) -> Act:
    addresses = [stage.invitation().address, stage.invitation().address]
    return lambda: stage.app.invitations.of_addresses(addresses, LARGEST)


def _claim(stage: Stage) -> Act:
    made = stage.invitation()
    return lambda: stage.app.deliveries.claim(made, an_attempt(made))


def _settle(stage: Stage) -> Act:
    made = stage.invitation()
    stage.app.deliveries.claim(made, an_attempt(made))
    return lambda: stage.app.deliveries.settle(made, an_attempt(made), Outcome.sent("0100"))


def _mark(stage: Stage) -> Act:
    made = stage.invitation()
    sent = Outcome.sent("0100")
    stage.app.deliveries.claim(made, an_attempt(made))
    stage.app.deliveries.settle(made, an_attempt(made), sent)
    return lambda: stage.app.deliveries.mark(LARGEST, made.address, sent.id, DeliveryStatus.BOUNCED, "Permanent")


def _replacement(stage: Stage) -> Replacement:
    return Replacement(
        id=stage.order().id,
        expires_on=TODAY,
        invited_by=OPERATOR.id,
        invited_at=NOW,
        shown_hash="a" * 64,
        mailed_hash="b" * 64,
    )


def _offer_replacement(stage: Stage) -> Act:
    address = parse_address(stage.member().address)
    return lambda: stage.app.invitations.offer_replacement(address, LARGEST, _replacement(stage), stage.entry())


def _withdraw_replacement(stage: Stage) -> Act:
    address = parse_address(stage.member().address)
    slot = stage.app.invitations.offer_replacement(address, LARGEST, _replacement(stage), stage.entry())
    return lambda: stage.app.invitations.withdraw_replacement(slot, stage.entry())


def _take_over(stage: Stage) -> Act:
    before = stage.member()
    slot = stage.app.invitations.get(parse_address(before.address), LARGEST)
    return lambda: stage.app.addresses.take_over(replace(slot, replaces=before.sub), stage.sub(), stage.entry())


def _of_user(stage: Stage) -> Act:
    sub = stage.member().sub
    return lambda: stage.app.members.of_user(sub)


def _get_member(stage: Stage) -> Act:
    sub = stage.member().sub
    return lambda: stage.app.members.get(LARGEST, sub)


def _sub_of(stage: Stage) -> Act:
    address = parse_address(stage.member().address)
    return lambda: stage.app.members.sub_of(address, LARGEST)


def _set_role(stage: Stage) -> Act:
    sub = stage.member(Role.OWNER).sub
    return lambda: stage.app.members.set_role(LARGEST, sub, Role.MEMBER, stage.entry())


def _suspend_member(stage: Stage) -> Act:
    sub = stage.member().sub
    return lambda: stage.app.members.set_status(LARGEST, sub, MemberStatus.SUSPENDED, stage.entry())


def _remove_member(stage: Stage) -> Act:
    sub = stage.member().sub
    return lambda: stage.app.members.remove(LARGEST, sub, stage.entry())


def _set_default(stage: Stage) -> Act:
    sub = stage.member().sub
    return lambda: stage.app.members.set_default(LARGEST, sub, stage.entry())


def _policy_page(stage: Stage) -> Act:
    stage.app.policies.set_client(a_client(), stage.entry())
    return lambda: stage.app.policies.page(CLIENT_ID, [LARGEST])


def _set_client(stage: Stage) -> Act:
    return lambda: stage.app.policies.set_client(a_client(tenant_id=LARGEST), stage.entry())


def _mapped(stage: Stage) -> str:
    stage.app.providers.set(a_mapping(tenant_id=LARGEST), stage.entry())
    return PROVIDER


def _provider_of(stage: Stage) -> Act:
    name = _mapped(stage)
    return lambda: stage.app.providers.of(name)


def _set_provider(stage: Stage) -> Act:
    return lambda: stage.app.providers.set(a_mapping(tenant_id=LARGEST), stage.entry())


def _remove_provider(stage: Stage) -> Act:
    name = _mapped(stage)
    return lambda: stage.app.providers.remove(name, LARGEST, stage.entry())


def _note(stage: Stage) -> Act:
    return lambda: stage.app.providers.note(f"{PROVIDER}_ana", a_note(), stage.entry())


def _noted(stage: Stage) -> Act:
    _note(stage)()
    return lambda: stage.app.providers.noted(f"{PROVIDER}_ana", NOW)


def _create_tenant(stage: Stage) -> Act:
    made = a_tenant(id=f"new-{stage.number()}")
    return lambda: stage.app.tenants.create(made, seats(), stage.entry())


def _suspend_tenant(stage: Stage) -> Act:
    stage.app.tenants.set_status(_OTHER, TenantStatus.ACTIVE, stage.entry())
    return lambda: stage.app.tenants.set_status(_OTHER, TenantStatus.SUSPENDED, stage.entry())


def _new_tenant(stage: Stage) -> str:
    tenant_id = f"new-{stage.number()}"
    stage.app.tenants.create(a_tenant(id=tenant_id), seats(), stage.entry())
    return tenant_id


def _close_tenant(stage: Stage) -> Act:
    tenant_id = _new_tenant(stage)
    return lambda: stage.app.tenants.close(tenant_id, stage.entry())


def _set_tenant(stage: Stage) -> Act:
    was = stage.app.tenants.get(_new_tenant(stage))
    return lambda: stage.app.tenant_settings.set(was, replace(was, name="Another"), stage.entry())


def _set_branding(stage: Stage) -> Act:
    tenant_id = _new_tenant(stage)
    was = stage.app.tenant_settings.branding(tenant_id)
    return lambda: stage.app.tenant_settings.set_branding(
        tenant_id, was, replace(was, display_name="Acme"), stage.entry()
    )


def _set_seats(stage: Stage) -> Act:
    tenant_id = _new_tenant(stage)
    return lambda: stage.app.tenant_settings.set_seats(tenant_id, 7, stage.entry())


def _append(stage: Stage) -> Act:
    entry = stage.entry()
    return lambda: stage.app.audit_log.append(entry)


def _newest(app: App) -> Iterator[Entry]:
    return app.audit_log.newest(LARGEST, today=TODAY, days=30)


# By the part of the app and its method; a variant stands after a comma.
OPERATIONS: Mapping[str, Prepare] = {
    "addresses.page": _page,
    "addresses.admit": _admit,
    "addresses.join": _join,
    "addresses.join_by_rule": _join_by_rule,
    "addresses.take_over": _take_over,
    "members.of_user": _of_user,
    "policies.page": _policy_page,
    "providers.of": _provider_of,
    "providers.note": _note,
    "providers.noted": _noted,
    "audit_log.append": _append,
    "invitations.create": _create,
    "invitations.create, the first of a day": _create_first_of_a_day,
    "invitations.get": _get_invitation,
    "invitations.resend": _resend,
    "invitations.revoke": _revoke,
    "invitations.set_inviter": _set_inviter,
    "invitations.of_addresses, of two": _of_addresses,
    "invitations.offer_replacement": _offer_replacement,
    "invitations.withdraw_replacement": _withdraw_replacement,
    "deliveries.claim": _claim,
    "deliveries.settle": _settle,
    "deliveries.mark": _mark,
    "members.get": _get_member,
    "members.sub_of": _sub_of,
    "members.set_role, of an owner": _set_role,
    "members.set_status": _suspend_member,
    "members.remove": _remove_member,
    "members.set_default": _set_default,
    "tenants.create": _create_tenant,
    "tenants.get": lambda stage: lambda: stage.app.tenants.get(LARGEST),
    "tenants.by_ids, of two": lambda stage: lambda: stage.app.tenants.by_ids([LARGEST, _OTHER]),
    "tenants.seats": lambda stage: lambda: stage.app.tenants.seats(LARGEST),
    "tenants.set_status": _suspend_tenant,
    "tenants.close": _close_tenant,
    "tenant_settings.set": _set_tenant,
    "tenant_settings.branding": lambda stage: lambda: stage.app.tenant_settings.branding(LARGEST),
    "tenant_settings.set_branding": _set_branding,
    "tenant_settings.set_seats": _set_seats,
    "policies.set_client": _set_client,
    "providers.set": _set_provider,
    "providers.remove": _remove_provider,
    "tenants.every, 50 rows": first(lambda app: app.tenants.every()),
    "policies.clients, 50 rows": first(lambda app: app.policies.clients()),
    "providers.every, 50 rows": first(lambda app: app.providers.every()),
    "members.of_tenant, 50 rows": first(lambda app: app.members.of_tenant(LARGEST)),
    "invitations.of_tenant, 50 rows": first(lambda app: app.invitations.of_tenant(LARGEST)),
    "invitations.of_tenant, 50 pending rows": first(
        lambda app: app.invitations.of_tenant(LARGEST, InvitationStatus.PENDING)
    ),
    "audit_log.newest, 50 rows": first(_newest),
    **RULE_OPERATIONS,
}


def costs(aws: Aws, settings: Settings, runs: int = 1) -> dict[str, Cost]:
    """Return what every operation takes on seeded tables, which it leaves changed.

    Raises:
        Unmeasurable: naming the operation that scans, or is not alike from run to run.
    """
    stage, found = Stage(aws, settings), {}
    next(iter(stage.app.tenants.every()))  # the emulator makes its index when it is first asked for it
    for name, prepare in OPERATIONS.items():
        try:
            found[name] = stage.cost(prepare, runs)
        except Unmeasurable as error:
            raise Unmeasurable(f"{name}: {error}") from error
    return found
