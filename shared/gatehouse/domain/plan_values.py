"""A plan's plain values, made of tenants, app clients and what is mapped and claimed, and made into these again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from gatehouse.domain.branding import Branding
from gatehouse.domain.plan import Part, Place
from gatehouse.domain.policy import Client
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import JOIN_RULES, OPTIONAL_CLAIMS, Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.mail_domain import DomainClaim
    from gatehouse.domain.plan import Estate, FoundTenant, Value, Values

# What a policy switches on and off, by what operators call it.
_RULES = dict(zip(("codes", "domains"), JOIN_RULES, strict=True))
_CLAIMS = dict(zip(("token_permissions", "tenants_list"), OPTIONAL_CLAIMS, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is of what a plan speaks of.

    Args:
        tenants: by id, those whom an app client's machine may belong to as well.
        clients: every app client that is declared, by id.
        mappings: those to the plan's tenants, by identity provider and tenant.
        claims: those of tenants whose domains the plan speaks of, by domain and tenant.
        rules: whose each verified domain is, of those that the plan speaks of.
    """

    tenants: Mapping[str, FoundTenant] = field(default_factory=dict)
    clients: Mapping[str, Client] = field(default_factory=dict)
    mappings: Mapping[tuple[str, str], ProviderMapping] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], DomainClaim] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    def estate(self) -> Estate:
        """Return the same as plain values."""
        estate: dict[Place, Values] = {}
        for one in self.tenants.values():
            estate |= tenant_values(one)
        estate |= {Place("", Part.CLIENT, one.id): client_values(one) for one in self.clients.values()}
        for mapping in self.mappings.values():
            estate[Place(mapping.tenant_id, Part.PROVIDER, mapping.provider)] = {
                "domains": _sorted(mapping.domains),
                "email_attribute": mapping.email_attribute,
            }
        for claim in self.claims.values():
            estate[Place(claim.tenant_id, Part.DOMAIN, claim.domain)] = {
                "role": claim.role.value,
                "join": claim.mode.value,
                "verified": claim.verified_at is not None,
            }
        return estate


def tenant_values(found: FoundTenant) -> dict[Place, Values]:
    """Return everything that a tenant has one of, at its places."""
    tenant = found.tenant
    return {
        Place(tenant.id, Part.TENANT): {"name": tenant.name, "locale": tenant.locale},
        Place(tenant.id, Part.SEATS): {"seats": found.seats.limit},
        Place(tenant.id, Part.STATUS): {"status": tenant.status.value},
        Place(tenant.id, Part.BRANDING): asdict(found.branding),
        Place(tenant.id, Part.POLICY): policy_values(tenant),
    }


def policy_values(tenant: Tenant) -> Values:
    """Return a tenant's sign-in policy."""
    return {
        "ways": _sorted(tenant.ways),
        "provider_role": tenant.provider_role and tenant.provider_role.value,
        **{name: rule not in tenant.rules_off for name, rule in _RULES.items()},
        **{name: claim not in tenant.claims_off for name, claim in _CLAIMS.items()},
    }


def client_values(client: Client) -> Values:
    """Return what is declared of an app client."""
    return {"name": client.name, "ways": _sorted(client.ways), "machine_of": client.tenant_id}


def with_policy(tenant: Tenant, values: Values) -> Tenant:
    """Return a tenant with those parts of a policy that are given."""
    made = tenant
    if "ways" in values:
        made = replace(made, ways=frozenset(texts(values["ways"])))
    if "provider_role" in values:
        role = values["provider_role"]
        made = replace(made, provider_role=Role(text(role)) if role else None)
    return replace(
        made,
        rules_off=_off(made.rules_off, values, _RULES),
        claims_off=_off(made.claims_off, values, _CLAIMS),
    )


def with_branding(branding: Branding, values: Values) -> Branding:
    """Return a branding with those parts that are given."""
    return Branding(**{name: optional_text(values.get(name, value)) for name, value in asdict(branding).items()})


def client_of(place: Place, values: Values) -> Client:
    """Return the app client at a place, of all its values."""
    return Client(
        id=place.name,
        name=text(values["name"]),
        ways=frozenset(texts(values["ways"])),
        tenant_id=optional_text(values["machine_of"]),
    )


def mapping_of(place: Place, values: Values) -> ProviderMapping:
    """Return the identity provider's mapping at a place, of all its values."""
    return ProviderMapping(
        provider=place.name,
        tenant_id=place.tenant_id,
        domains=frozenset(texts(values["domains"])),
        email_attribute=optional_text(values["email_attribute"]),
    )


def text(value: Value) -> str:
    """Return a value that is a text."""
    return value if isinstance(value, str) else ""


def optional_text(value: Value) -> str | None:
    """Return a value that is a text or none."""
    return value if isinstance(value, str) else None


def texts(value: Value) -> tuple[str, ...]:
    """Return a value that is a list of texts."""
    return value if isinstance(value, tuple) else ()


def number(value: Value) -> int | None:
    """Return a value that is a number or none."""
    return value if isinstance(value, int) else None


def _off(off: frozenset[str], values: Values, names: Mapping[str, str]) -> frozenset[str]:
    """Return what is off, once some of these are switched on or off."""
    on = {rule for name, rule in names.items() if values.get(name, rule not in off)}
    return (off | set(names.values())) - on


def _sorted(some: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(some))
