"""What tests put into the store, a fact at a time."""

from dataclasses import replace
from typing import Any

from gatehouse.domain.branding import Branding
from gatehouse.domain.code import Code
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.mail_domain import DomainClaim, Proof
from gatehouse.domain.membership import Membership
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, records
from gatehouse.store.table import Table, put
from tests.support.builders import (
    ANA,
    NOW,
    TODAY,
    a_branding,
    a_claim,
    a_code,
    a_note,
    a_tenant,
    an_entry,
    an_invitation,
    seats,
)

PROVIDER = "Acme_Oidc"
FEDERATED_NAME = "Acme_Oidc_00u8k2m4pXqZ7LrT5d7"
MACHINE = "7h3o0ebyozvd3vjhymdo8bvn0s"
SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"
_DEFAULT_IDS = iter(range(10**6))


def fresh_entry_id() -> str:
    """Return an id that no other entry of this run has."""
    return f"01KAS3Q4W0{next(_DEFAULT_IDS):016d}"


def tenant(app: App, tenant_id: str = "acme", limit: int = 3, **overrides: Any) -> None:
    """Make a tenant with three seats."""
    entry = an_entry(id=fresh_entry_id(), tenant_id=tenant_id)
    app.tenants.create(a_tenant(id=tenant_id, **overrides), seats(limit=limit), entry)


def mapping(
    app: App, *domains: str, tenant_id: str = "acme", provider: str = PROVIDER, email_attribute: str | None = None
) -> None:
    """Map the identity provider of the sample events to a tenant, for these mail domains."""
    made = ProviderMapping(
        provider=provider, tenant_id=tenant_id, domains=frozenset(domains), email_attribute=email_attribute
    )
    app.providers.set(made, an_entry(id=fresh_entry_id(), tenant_id=tenant_id))


def brought_by(app: App, provider: str = PROVIDER, **overrides: Any) -> None:
    """Note what inbound federation notes of the sample events' federated profile, a moment before its sign-up."""
    app.providers.note(FEDERATED_NAME, a_note(provider=provider, **overrides), an_entry(id=fresh_entry_id()))


def invitation(app: App, address: str = ANA, **overrides: Any) -> Invitation:
    """Make an open invitation, its seat taken."""
    made = an_invitation(address, **overrides)
    app.invitations.create(made, an_entry(id=fresh_entry_id()), TODAY)
    return made


def code(app: App, **overrides: Any) -> Code:
    """Make the code of the sample events."""
    made = a_code(**overrides)
    app.codes.create(made, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    return made


def domain(app: App, **overrides: Any) -> DomainClaim:
    """Have a tenant's domain verified."""
    made = a_claim(**overrides)
    app.domains.claim(made, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    verified = replace(made, proof=Proof.DNS, verified_at=NOW)
    app.domains.verify(verified, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    return verified


def branding(app: App, tenant_id: str = "acme", **overrides: Any) -> Branding:
    """Give a tenant the look that the sample messages wear."""
    made = a_branding(**overrides)
    app.tenant_settings.set_branding(tenant_id, Branding(), made, an_entry(id=fresh_entry_id(), tenant_id=tenant_id))
    return made


def suspends(app: App, tenant_id: str = "acme") -> None:
    """Suspend a tenant."""
    app.tenants.set_status(tenant_id, TenantStatus.SUSPENDED, an_entry(id=fresh_entry_id(), tenant_id=tenant_id))


def rewrite(app: App, made: Invitation) -> None:
    """Put an invitation's row as it would stand after a history that is not played here."""
    core_table(app).write(put(records.invitation_item(made)))


def membership(app: App, made: Membership, default: str | None = None) -> None:
    """Put a membership's row, and a default tenant if one is given."""
    core_table(app).write(put(records.membership_item(made)))
    if default is not None:
        wire = {name: {"S": value} for name, value in keys.profile_key(made.sub).items()}
        core_table(app).write(put(wire | {"default_tenant_id": {"S": default}}))


def core_table(app: App) -> Table:
    """Return the core table, to write rows that no verb of the store writes."""
    return app.addresses._table
