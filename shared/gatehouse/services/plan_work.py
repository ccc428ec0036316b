"""A plan that is carried out: each change by the service of the command for it, where all is still as it was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.branding import Branding
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.plan import Part, Verb
from gatehouse.domain.plan_values import (
    client_of,
    client_values,
    number,
    optional_text,
    text,
    texts,
    with_branding,
    with_policy,
)
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.services.domains import DomainOrder, claim_domain, remove_domain
from gatehouse.services.policies import set_client, set_policy
from gatehouse.services.providers import remove_provider, set_provider
from gatehouse.services.tenants import create_tenant, set_branding, set_seats, set_tenant, set_tenant_status

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from gatehouse.domain.audit import Occasion
    from gatehouse.domain.plan import Change
    from gatehouse.domain.plan_values import Found
    from gatehouse.services.ports import AsFound, DomainRegister, NewSecret, TenantRegister
    from gatehouse.services.recording import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWorker:
    """Carries out what was planned.

    Args:
        found: what the plan was made of.
        occasion: returns the command's occasion, now; its source names the plan.
        as_found: registers that write where the rows are as they were found.
        tenants: the register of tenants.
        domains: the register of mail domains.
        public: the domains at which anybody can get an address.
        recorder: takes an entry for each change.
        new_secret: makes what a domain's DNS must say.
    """

    found: Found
    occasion: Callable[[], Occasion]
    as_found: AsFound
    tenants: TenantRegister
    domains: DomainRegister
    public: Container[str]
    recorder: Recorder
    new_secret: NewSecret

    def carry_out(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Carry out changes in order, each with its entry in one transaction, and yield each once it is done.

        Raises:
            AwsError: if one of them could not be written.
            ChangedMeanwhile: if what one of them changes is not what it was any more.
            Refusal: any that the service of a change has.
        """
        made: dict[str, Tenant] = {}
        for change in changes:
            self._carry_out(change, made)
            yield change

    def _carry_out(self, change: Change, made: dict[str, Tenant]) -> None:
        match change.place.part:
            case Part.CLIENT:
                self._client(change)
            case Part.PROVIDER:
                self._provider(change)
            case Part.DOMAIN:
                self._domain(change)
            case Part.TENANT if change.verb is Verb.ADD:
                made[change.place.tenant_id] = self._creation(change)
            case Part.STATUS:
                self._status(change)
            case Part.SEATS:
                self._seats(change)
            case Part.BRANDING:
                self._branding(change)
            case Part.TENANT | Part.POLICY:
                tenant_id = change.place.tenant_id
                was = made[tenant_id] if tenant_id in made else self.found.tenants[tenant_id].tenant
                self._tenant(change, was)

    def _creation(self, change: Change) -> Tenant:
        return create_tenant(
            change.place.tenant_id,
            text(change.after["name"]),
            number(change.after["seats"]),
            self.occasion(),
            tenants=self.tenants,
            recorder=self.recorder,
        )

    def _tenant(self, change: Change, was: Tenant) -> None:
        if change.place.part is Part.POLICY:
            wanted = with_policy(was, change.after)
            settings = self.as_found.tenant(was, wanted)
            set_policy(was, wanted, self.occasion(), settings=settings, recorder=self.recorder)
            return
        wanted = replace(
            was,
            name=text(change.after.get("name", was.name)),
            locale=optional_text(change.after.get("locale", was.locale)),
        )
        settings = self.as_found.tenant(was, wanted)
        set_tenant(was, wanted, self.occasion(), settings=settings, recorder=self.recorder)

    def _status(self, change: Change) -> None:
        status = TenantStatus(text(change.after["status"]))
        set_tenant_status(change.place.tenant_id, status, self.occasion(), tenants=self.tenants, recorder=self.recorder)

    def _seats(self, change: Change) -> None:
        tenant_id = change.place.tenant_id
        settings = self.as_found.seats(tenant_id, number(change.before["seats"]))
        limit = number(change.after["seats"])
        set_seats(tenant_id, limit, self.occasion(), settings=settings, recorder=self.recorder)

    def _branding(self, change: Change) -> None:
        tenant_id = change.place.tenant_id
        was = self.found.tenants[tenant_id].branding if tenant_id in self.found.tenants else Branding()
        wanted = with_branding(was, change.after)
        settings = self.as_found.branding(tenant_id, was, wanted)
        set_branding(tenant_id, was, wanted, self.occasion(), settings=settings, recorder=self.recorder)

    def _client(self, change: Change) -> None:
        was = self.found.clients.get(change.place.name)
        values = {**(client_values(was) if was else {}), **change.after}
        wanted = client_of(change.place, values)
        set_client(
            wanted.id,
            wanted.name,
            wanted.ways,
            wanted.tenant_id,
            self.occasion(),
            clients=self.as_found.clients(wanted.id, was),
            recorder=self.recorder,
        )

    def _provider(self, change: Change) -> None:
        name, tenant_id = change.place.name, change.place.tenant_id
        was = self.found.mappings.get((name, tenant_id))
        providers = self.as_found.providers(name, tenant_id, was)
        if change.verb is Verb.REMOVE:
            remove_provider(name, tenant_id, self.occasion(), providers=providers, recorder=self.recorder)
            return
        domains = change.after.get("domains", tuple(was.domains) if was else ())
        attribute = change.after.get("email_attribute", was.email_attribute if was else None)
        set_provider(
            name,
            tenant_id,
            texts(domains),
            optional_text(attribute),
            self.occasion(),
            providers=providers,
            recorder=self.recorder,
        )

    def _domain(self, change: Change) -> None:
        name, tenant_id = change.place.name, change.place.tenant_id
        if change.verb is Verb.REMOVE:
            claim = self.found.claims[name, tenant_id]
            remove_domain(claim, self.occasion(), domains=self.as_found.domains(claim), recorder=self.recorder)
            return
        order = DomainOrder(
            domain=name,
            tenant_id=tenant_id,
            role=Role(text(change.after["role"])),
            mode=JoinMode(text(change.after["join"])),
        )
        claim_domain(
            order,
            self.occasion(),
            public=self.public,
            domains=self.domains,
            recorder=self.recorder,
            new_secret=self.new_secret,
        )
