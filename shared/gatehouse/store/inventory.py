"""What a plan compares with, read a hundred rows at a time, consistently. What it cannot name, listings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.plan import FoundTenant
from gatehouse.store import keys, records
from gatehouse.store.brands import read_branding
from gatehouse.store.domains import read_claim, read_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gatehouse.domain.mail_domain import DomainClaim, DomainRule
    from gatehouse.domain.policy import Client
    from gatehouse.domain.provider import ProviderMapping
    from gatehouse.store.table import Table


class Inventory:
    """Many rows of the core table at once, by their keys: as many requests as there are hundreds of them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def tenants(self, tenant_ids: Collection[str]) -> dict[str, FoundTenant]:
        """Return those of these tenants that there are, by id, with their seats and their looks."""
        wanted = [key for one in tenant_ids for key in (keys.tenant_key(one), keys.seats_key(one))]
        rows = {(row["PK"]["S"], row["SK"]["S"]): row for row in self._table.batch(wanted)}
        found = {}
        for one in tenant_ids:
            row = rows.get((keys.tenant(one), keys.TENANT))
            if row is not None:
                seats = records.read_seats(rows.get((keys.tenant(one), keys.SEATS), {}))
                found[one] = FoundTenant(records.read_tenant(row), seats, read_branding(row))
        return found

    def clients(self, client_ids: Iterable[str]) -> list[Client]:
        """Return those of these app clients that are declared."""
        return [records.read_client(row) for row in self._table.batch(map(keys.client_key, client_ids))]

    def mappings(self, names: Iterable[tuple[str, str]]) -> list[ProviderMapping]:
        """Return those mappings that there are of these identity providers to these tenants."""
        wanted = [keys.provider_key(provider, tenant_id) for provider, tenant_id in names]
        return [records.read_provider(row) for row in self._table.batch(wanted)]

    def claims(self, names: Iterable[tuple[str, str]]) -> list[DomainClaim]:
        """Return those claims that there are of these domains by these tenants."""
        wanted = [keys.claim_key(domain, tenant_id) for domain, tenant_id in names]
        return [read_claim(row) for row in self._table.batch(wanted)]

    def rules(self, domains: Iterable[str]) -> list[DomainRule]:
        """Return the rules of those of these domains that are verified."""
        return [read_rule(row) for row in self._table.batch(map(keys.domain_key, domains))]
