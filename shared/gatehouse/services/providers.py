"""Identity providers, as operators map them to tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_domain
from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.provider import ProviderMapping, parse_attribute_name, parse_provider_name
from gatehouse.domain.tenant import parse_tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.services.ports import ProviderRegister
    from gatehouse.services.recording import Recorder


def set_provider(
    name: str,
    tenant_id: str,
    domains: Iterable[str],
    email_attribute: str | None,
    occasion: Occasion,
    *,
    providers: ProviderRegister,
    recorder: Recorder,
) -> ProviderMapping:
    """Map an identity provider to a tenant, with every mail domain for which its word is taken there.

    Whatever was mapped of the two before is replaced.

    Raises:
        InvalidAttributeName, InvalidDomain, InvalidProviderName, InvalidTenantId: if it cannot be mapped so.
        TenantNotFound: if there is no such tenant.
    """
    mapping = ProviderMapping(
        provider=parse_provider_name(name),
        tenant_id=parse_tenant_id(tenant_id),
        domains=frozenset(map(parse_domain, domains)),
        email_attribute=None if email_attribute is None else parse_attribute_name(email_attribute),
    )
    target = Party(PartyKind.PROVIDER, mapping.provider)
    fact = f"provider/{mapping.provider}/{mapping.tenant_id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.PROVIDER_SET, tenant_id=mapping.tenant_id, target=target, fact=fact) as entry:
        providers.set(mapping, entry)
    return mapping


def remove_provider(
    name: str, tenant_id: str, occasion: Occasion, *, providers: ProviderRegister, recorder: Recorder
) -> None:
    """Take an identity provider's word for nothing towards a tenant any more. Who is a member by it stays one.

    Raises:
        InvalidProviderName, InvalidTenantId: if it cannot be named so.
        ProviderNotMapped: if it was not mapped to the tenant.
    """
    provider, tenant = parse_provider_name(name), parse_tenant_id(tenant_id)
    target = Party(PartyKind.PROVIDER, provider)
    fact = f"provider-remove/{provider}/{tenant}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.PROVIDER_REMOVE, tenant_id=tenant, target=target, fact=fact) as entry:
        providers.remove(provider, tenant, entry)
