"""What each kind of row holds: from domain values to items and back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gatehouse.domain.admission import NOTE_LASTS, Admission, Ground
from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium
from gatehouse.domain.invitation import Invitation, InvitationStatus, Replacement
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import Client, parse_rule_role
from gatehouse.domain.provider import NOTE_LASTS as FEDERATION_NOTE_LASTS
from gatehouse.domain.provider import FederationNote, ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.errors import UnreadableRecord
from gatehouse.refusals.common import InvalidRuleRole
from gatehouse.store import keys
from gatehouse.store.attributes import Record, Value, Wire, to_wire

type Item = Mapping[str, Mapping[str, Any]]

# The status of the mark that a removed member leaves at the user.
REMOVED = "removed"

# A closed invitation stays readable for a month, so that "expired" can be told from "never invited".
_CLOSED_INVITATION_STAYS_DAYS = 30
_DAY_SECONDS = 86_400


def tenant_item(tenant: Tenant) -> Wire:
    """Return the item of a tenant."""
    created_at = keys.moment(tenant.created_at)
    return to_wire(
        keys.tenant_key(tenant.id)
        | keys.tenants_index(created_at, tenant.id)
        | {"tenant_status": tenant.status.value, "created_at": created_at}
        | tenant_settings(tenant)
    )


def tenant_settings(tenant: Tenant) -> dict[str, Value]:
    """Return what operators may change of a tenant, as attributes of its row."""
    return {
        "tenant_name": tenant.name,
        "ways": tenant.ways,
        "provider_role": tenant.provider_role,
        "tenant_locale": tenant.locale,
        "rules_off": tenant.rules_off,
        "claims_off": tenant.claims_off,
    }


def read_tenant(item: Item) -> Tenant:
    """Return the tenant of an item."""
    record = Record("TENANT", item)
    return Tenant(
        id=keys.read_tenant_id(record.text("PK"), "TENANT#", "PK"),
        name=record.text("tenant_name"),
        status=record.choice("tenant_status", TenantStatus),
        created_at=record.moment("created_at"),
        ways=record.texts("ways"),
        provider_role=_provider_role(record) if "provider_role" in item else None,
        locale=record.optional_text("tenant_locale"),
        rules_off=record.texts("rules_off"),
        claims_off=record.texts("claims_off"),
    )


def _provider_role(record: Record) -> Role:
    try:
        return parse_rule_role(record.choice("provider_role", Role))
    except InvalidRuleRole:
        raise record.unreadable("provider_role") from None


def client_item(client: Client) -> Wire:
    """Return the item of an app client."""
    return to_wire(
        keys.client_key(client.id)
        | keys.clients_index(client.id)
        | {"client_name": client.name, "ways": client.ways, "machine_tenant_id": client.tenant_id}
    )


def read_client(item: Item) -> Client:
    """Return the app client of an item."""
    record = Record("CLIENT", item)
    return Client(
        id=record.text("PK").removeprefix("CLIENT#"),
        name=record.text("client_name"),
        ways=record.texts("ways"),
        tenant_id=record.optional_text("machine_tenant_id"),
    )


def provider_item(mapping: ProviderMapping) -> Wire:
    """Return the item of an identity provider's mapping."""
    return to_wire(
        keys.provider_key(mapping.provider, mapping.tenant_id)
        | keys.providers_index(mapping.provider, mapping.tenant_id)
        | {"domains": mapping.domains, "email_attribute": mapping.email_attribute}
    )


def read_provider(item: Item) -> ProviderMapping:
    """Return the identity provider's mapping of an item."""
    record = Record("PROVIDER", item)
    return ProviderMapping(
        provider=record.text("PK").removeprefix("IDP#"),
        tenant_id=keys.read_tenant_id(record.text("SK"), "TENANT#", kind="PROVIDER"),
        domains=record.texts("domains"),
        email_attribute=record.optional_text("email_attribute"),
    )


def federation_item(user_name: str, note: FederationNote) -> Wire:
    """Return the item of what a provider has just said of a profile."""
    return to_wire(
        keys.federation_key(user_name)
        | {
            "provider": note.provider,
            "address": note.address,
            "noted_at": keys.moment(note.noted_at),
            "ttl": int((note.noted_at + FEDERATION_NOTE_LASTS).timestamp()),
        }
    )


def read_federation(item: Item) -> FederationNote:
    """Return what a provider has just said, of an item."""
    record = Record("FEDERATION", item)
    return FederationNote(
        provider=record.text("provider"), address=record.optional_text("address"), noted_at=record.moment("noted_at")
    )


def seats_item(tenant_id: str, seats: Seats) -> Wire:
    """Return the item of a tenant's seats."""
    return to_wire(
        keys.seats_key(tenant_id)
        | {
            "seat_limit": seats.limit,
            "held": seats.held,
            "owners": seats.owners,
            "folded": seats.folded.isoformat(),
        }
        | {keys.day_attribute(day): count for day, count in seats.ending.items()}
    )


def read_seats(item: Item) -> Seats:
    """Return the seats of an item."""
    record = Record("SEATS", item)
    return Seats(
        limit=record.optional_number("seat_limit"),
        held=record.number("held"),
        owners=record.number("owners"),
        folded=record.day("folded"),
        ending={_ending_day(name): record.number(name) for name in record.names() if name.startswith(keys.ENDS)},
    )


def is_closed(seats_row: Item) -> bool:
    """Tell whether the row of seats is a closed tenant's: nobody takes one of them any more."""
    return "closed_at" in seats_row


def _ending_day(attribute: str) -> date:
    try:
        day = date.fromisoformat(attribute.removeprefix(keys.ENDS))
    except ValueError:
        raise UnreadableRecord("SEATS", attribute) from None
    if keys.day_attribute(day) != attribute:
        # Another spelling of a day would be counted and never be found when it is to be folded.
        raise UnreadableRecord("SEATS", attribute)
    return day


def invitation_item(invitation: Invitation) -> Wire:
    """Return the item of an invitation."""
    invited_at = keys.moment(invitation.invited_at)
    return to_wire(
        keys.invitation_key(invitation.address, invitation.tenant_id)
        | {
            "GSI1PK": keys.invitations_index(invitation.tenant_id),
            "GSI1SK": invitation_sort(invitation),
            "invitation_id": invitation.id,
            "member_role": invitation.role.value,
            "invitation_status": invitation.status.value,
            "expires_on": invitation.expires_on.isoformat(),
            "invited_by": invitation.invited_by,
            "invited_at": invited_at,
            "shown_hash": invitation.shown_hash,
            "mailed_hash": invitation.mailed_hash,
            "user_sub": invitation.sub,
            "locale": invitation.locale,
            "invitation_note": invitation.note or None,
            "resent": invitation.resent or None,
            "resent_at": keys.moment(invitation.resent_at) if invitation.resent_at else None,
            "ttl": invitation_ttl(invitation),
        }
        | (replacement_attributes(invitation.replacement) if invitation.replacement else {})
        | (delivery_attributes(invitation.delivery) if invitation.delivery else {})
    )


def delivery_attributes(delivery: Delivery) -> dict[str, Value]:
    """Return what a slot holds of an attempt to send; while nobody knows what came of it, no outcome."""
    is_unknown = delivery.status is DeliveryStatus.UNKNOWN
    return {
        "delivery_of": delivery.of,
        "delivery_at": keys.moment(delivery.at),
        "delivery_medium": delivery.medium.value,
        "delivery_outcome": None if is_unknown else delivery.status.value,
        "delivery_id": delivery.id or None,
        "delivery_problem": delivery.problem or None,
    }


def _delivery(record: Record) -> Delivery:
    outcome = record.optional_text("delivery_outcome")
    return Delivery(
        of=record.text("delivery_of"),
        at=record.moment("delivery_at"),
        medium=record.choice("delivery_medium", Medium),
        status=record.choice("delivery_outcome", DeliveryStatus) if outcome else DeliveryStatus.UNKNOWN,
        id=record.optional_text("delivery_id") or "",
        problem=record.optional_text("delivery_problem") or "",
    )


def replacement_attributes(replacement: Replacement) -> dict[str, Value]:
    """Return what a slot holds of a replacement."""
    return {
        "replacement_id": replacement.id,
        "replacement_expires_on": replacement.expires_on.isoformat(),
        "replacement_invited_by": replacement.invited_by,
        "replacement_invited_at": keys.moment(replacement.invited_at),
        "replacement_shown_hash": replacement.shown_hash,
        "replacement_mailed_hash": replacement.mailed_hash,
    }


def _replacement(record: Record) -> Replacement:
    return Replacement(
        id=record.text("replacement_id"),
        expires_on=record.day("replacement_expires_on"),
        invited_by=record.text("replacement_invited_by"),
        invited_at=record.moment("replacement_invited_at"),
        shown_hash=record.text("replacement_shown_hash"),
        mailed_hash=record.text("replacement_mailed_hash"),
    )


def invitation_ttl(invitation: Invitation) -> int | None:
    """Return when DynamoDB may remove the invitation's row, in seconds since 1970; None for never."""
    if invitation.status in (InvitationStatus.ACCEPTED, InvitationStatus.REMOVED):
        return None  # it says who has it, or that no rule may bring them back
    return int(invitation.expires_at.timestamp()) + _CLOSED_INVITATION_STAYS_DAYS * _DAY_SECONDS


def invitation_sort(invitation: Invitation, status: InvitationStatus | None = None) -> str:
    """Return the invitation's place in its tenant's listing: by status, then by age."""
    return f"{status or invitation.status}#{keys.moment(invitation.invited_at)}#{invitation.id}"


def read_invitation(item: Item) -> Invitation:
    """Return the invitation of an item."""
    record = Record("INVITATION", item)
    return Invitation(
        id=record.text("invitation_id"),
        tenant_id=keys.read_tenant_id(record.text("SK"), keys.INVITATION),
        address=keys.read_address(record.text("PK")),
        role=record.choice("member_role", Role),
        status=record.choice("invitation_status", InvitationStatus),
        expires_on=record.day("expires_on"),
        invited_by=record.text("invited_by"),
        invited_at=record.moment("invited_at"),
        shown_hash=record.text("shown_hash"),
        mailed_hash=record.text("mailed_hash"),
        sub=record.optional_text("user_sub"),
        locale=record.optional_text("locale"),
        note=record.optional_text("invitation_note") or "",
        resent=record.optional_number("resent") or 0,
        resent_at=record.moment("resent_at") if "resent_at" in item else None,
        replacement=_replacement(record) if "replacement_id" in item else None,
        delivery=_delivery(record) if "delivery_of" in item else None,
    )


def admission_item(admission: Admission) -> Wire:
    """Return the item of an admission note."""
    return to_wire(
        admission_key(admission)
        | {
            "ground": admission.ground.value,
            "invitation_id": admission.invitation_id or None,
            "code_hash": admission.code_hash or None,
            "profile_hash": admission.profile_hash or None,
            "admitted_at": keys.moment(admission.admitted_at),
            "ttl": int((admission.admitted_at + NOTE_LASTS).timestamp()),
        }
    )


def admission_key(admission: Admission) -> keys.Key:
    """Return the key of an admission note."""
    kind = ""
    if admission.ground is Ground.CODE:
        kind = f"{keys.CODE}#{admission.profile_hash}"
    elif admission.ground is Ground.DOMAIN:
        kind = keys.DOMAIN
    return keys.admission_key(admission.address, admission.tenant_id, kind)


def read_admission(item: Item) -> Admission:
    """Return the admission note of an item."""
    record = Record("ADMISSION", item)
    ground = record.choice("ground", Ground)
    kind, _, of_tenant = record.text("SK").partition("#")
    return Admission(
        address=keys.read_address(record.text("PK")),
        tenant_id=keys.read_tenant_id(f"{kind}#{of_tenant.partition('#')[0]}", keys.ADMISSION),
        ground=ground,
        invitation_id="" if ground in (Ground.CODE, Ground.DOMAIN) else record.text("invitation_id"),
        code_hash=record.text("code_hash") if ground is Ground.CODE else "",
        profile_hash=record.optional_text("profile_hash") or "",
        admitted_at=record.moment("admitted_at"),
    )


def membership_item(membership: Membership) -> Wire:
    """Return the item of a membership."""
    joined_at = keys.moment(membership.joined_at)
    return to_wire(
        keys.membership_key(membership.sub, membership.tenant_id)
        | {
            "GSI1PK": keys.members_index(membership.tenant_id),
            "GSI1SK": f"{joined_at}#{membership.sub}",
            "address": membership.address,
            "member_role": membership.role.value,
            "member_status": membership.status.value,
            "joined_at": joined_at,
        }
    )


def is_removed(item: Item) -> bool:
    """Tell whether a row is the mark that a removed member has left at the user, and no membership any more."""
    return Record("MEMBERSHIP", item).optional_text("member_status") == REMOVED


def read_membership(item: Item) -> Membership:
    """Return the membership of an item."""
    record = Record("MEMBERSHIP", item)
    return Membership(
        tenant_id=keys.read_tenant_id(record.text("SK"), keys.MEMBERSHIP),
        sub=record.text("PK").removeprefix("USER#"),
        address=record.text("address"),
        role=record.choice("member_role", Role),
        status=record.choice("member_status", MemberStatus),
        joined_at=record.moment("joined_at"),
    )


def read_addresses(items: Iterable[Item]) -> tuple[list[Invitation], list[Admission], frozenset[str]]:
    """Return the invitations and admission notes of one address, and the tenants whose rules it is barred from."""
    invitations, admissions, barred = [], [], set()
    for item in items:
        sort_key = Record("ADDRESS", item).text("SK")
        if sort_key.startswith(keys.INVITATION):
            invitations.append(read_invitation(item))
        elif sort_key.startswith(keys.ADMISSION):
            admissions.append(read_admission(item))
        elif sort_key.startswith(keys.BARRED):
            barred.add(keys.read_tenant_id(sort_key, keys.BARRED))
    return invitations, admissions, frozenset(barred)
