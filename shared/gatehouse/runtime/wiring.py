"""Where real things are plugged together, on first use and never at import."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache, cached_property
from os import urandom
from typing import TYPE_CHECKING

from gatehouse.aws.deadline import Deadline
from gatehouse.domain.ulid import ulid
from gatehouse.runtime.settings import Settings, dynamodb_place, read_settings
from gatehouse.runtime.telemetry import Telemetry, TracedAws

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.aws import Aws
    from gatehouse.domain.audit import Entry
    from gatehouse.messaging.rendering import Renderer
    from gatehouse.services.join import JoinRules
    from gatehouse.services.messages import House
    from gatehouse.services.ports import Clock
    from gatehouse.services.recording import Recorder
    from gatehouse.services.tokens import TokenStores
    from gatehouse.store.addresses import Addresses
    from gatehouse.store.as_found import AsFound
    from gatehouse.store.audit_log import AuditLog
    from gatehouse.store.brands import Brands
    from gatehouse.store.codes import Codes
    from gatehouse.store.deliveries import Deliveries
    from gatehouse.store.domains import Domains
    from gatehouse.store.inventory import Inventory
    from gatehouse.store.invitations import Invitations
    from gatehouse.store.members import Members
    from gatehouse.store.policies import Policies
    from gatehouse.store.providers import Providers
    from gatehouse.store.requests import JoinRequests
    from gatehouse.store.table import Table
    from gatehouse.store.tenant_settings import TenantSettings
    from gatehouse.store.tenants import Tenants

# Cognito gives up after 5 s; what is left after this is for a cold start and the answer.
TRIGGER_SECONDS = 3.0
_SECRET_BYTES = 32
_ULID_TAIL_BYTES = 10
_TOKEN_BYTES = 18  # 36 characters, as many as a transaction's token may have


class App:
    """Everything a handler or a command may use, each part plugged together, and loaded, by who first uses it.

    Args:
        reach: returns the way to AWS; called once, when something is first asked of it.
        settings: of the deployment.
        telemetry: the log and the metrics.
        deadline: what all calls of an invocation share.
        clock: the time of day, UTC.
        sleep: waits so many seconds.
        unwritten: takes an entry that the audit log could not be given.
    """

    def __init__(
        self,
        reach: Callable[[], Aws],
        settings: Settings,
        telemetry: Telemetry,
        deadline: Deadline,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        unwritten: Callable[[Entry], None],
    ) -> None:
        self.settings = settings
        self.telemetry = telemetry
        self.deadline = deadline
        self.clock = clock
        self.new_id = new_ulid
        self.new_secret = new_secret
        self.new_code = new_code
        self._reach = reach
        self._sleep = sleep
        self._unwritten = unwritten

    @cached_property
    def addresses(self) -> Addresses:
        """Return what is held under addresses."""
        from gatehouse.store.addresses import Addresses

        return Addresses(self._table, self.audit_log)

    @cached_property
    def audit_log(self) -> AuditLog:
        """Return the audit log."""
        from gatehouse.store.audit_log import AuditLog

        return AuditLog(self._table_of(self.settings.audit_table_name))

    @cached_property
    def brands(self) -> Brands:
        """Return what tenants' messages go by."""
        from gatehouse.store.brands import Brands

        return Brands(self._table)

    @cached_property
    def codes(self) -> Codes:
        """Return the codes."""
        from gatehouse.store.codes import Codes

        return Codes(self._table, self.audit_log)

    @cached_property
    def deliveries(self) -> Deliveries:
        """Return the attempts to send invitations."""
        from gatehouse.store.deliveries import Deliveries

        return Deliveries(self._table)

    @cached_property
    def domains(self) -> Domains:
        """Return the mail domains."""
        from gatehouse.store.domains import Domains

        return Domains(self._table, self.audit_log)

    @cached_property
    def join_requests(self) -> JoinRequests:
        """Return the requests to join."""
        from gatehouse.store.requests import JoinRequests

        return JoinRequests(self._table, self.audit_log)

    @cached_property
    def join_rules(self) -> JoinRules:
        """Return what people may join by without an invitation."""
        from gatehouse.services.join import JoinRules

        return JoinRules(self.codes, self.domains, self.policies)

    @cached_property
    def as_found(self) -> AsFound:
        """Return what changes the rows that a plan has found."""
        from gatehouse.store.as_found import AsFound
        from gatehouse.store.table import Pauses

        return AsFound(self._aws, self.settings.table_name, Pauses(self._sleep, chance), self.audit_log)

    @cached_property
    def inventory(self) -> Inventory:
        """Return what reads many rows at once."""
        from gatehouse.store.inventory import Inventory

        return Inventory(self._table)

    @cached_property
    def invitations(self) -> Invitations:
        """Return the invitations."""
        from gatehouse.store.invitations import Invitations

        return Invitations(self._table, self.audit_log)

    @cached_property
    def members(self) -> Members:
        """Return the memberships."""
        from gatehouse.store.members import Members

        return Members(self._table, self.audit_log)

    @cached_property
    def renderer(self) -> Renderer:
        """Return what makes messages of this deployment's templates."""
        from gatehouse.messaging.rendering import Renderer
        from gatehouse.messaging.templates import installed_templates

        return Renderer(installed_templates())

    @property
    def house(self) -> House:
        """Return what messages say where no tenant says it."""
        from gatehouse.services.messages import House

        return House(product_name=self.settings.product_name, locale=self.settings.locale)

    @cached_property
    def policies(self) -> Policies:
        """Return the app clients, and the policies that they are compared with."""
        from gatehouse.store.policies import Policies

        return Policies(self._table, self.audit_log)

    @cached_property
    def providers(self) -> Providers:
        """Return the identity providers."""
        from gatehouse.store.providers import Providers

        return Providers(self._table, self.audit_log)

    @cached_property
    def tenant_settings(self) -> TenantSettings:
        """Return what operators set of tenants."""
        from gatehouse.store.tenant_settings import TenantSettings

        return TenantSettings(self._table, self.audit_log)

    @cached_property
    def tenants(self) -> Tenants:
        """Return the tenants."""
        from gatehouse.store.tenants import Tenants

        return Tenants(self._table, self.audit_log)

    @cached_property
    def recorder(self) -> Recorder:
        """Return what makes and keeps audit entries."""
        from gatehouse.services.recording import Recorder

        return Recorder(self.audit_log, self.new_id, self._unwritten)

    @cached_property
    def token_stores(self) -> TokenStores:
        """Return what a token is decided by."""
        from gatehouse.services.tokens import TokenStores

        return TokenStores(
            members=self.members,
            addresses=self.addresses,
            policies=self.policies,
            providers=self.providers,
            rules=self.join_rules,
        )

    @cached_property
    def _table(self) -> Table:
        return self._table_of(self.settings.table_name)

    def _table_of(self, name: str) -> Table:
        from gatehouse.store.table import Pauses, Table

        return Table(self._aws, name, Pauses(self._sleep, chance))

    @cached_property
    def _aws(self) -> Aws:
        return self._reach()


def utc_now() -> datetime:
    """Return the current moment, UTC."""
    return datetime.now(UTC)


def new_ulid(at: datetime) -> str:
    """Return a ULID of this moment, its 80 random bits from the system."""
    return ulid(at, urandom(_ULID_TAIL_BYTES))


def new_secret() -> str:
    """Return 256 random bits from the system, as 43 URL-safe characters."""
    from secrets import token_urlsafe

    return token_urlsafe(_SECRET_BYTES)


def new_code() -> str:
    """Return a code of 100 random bits from the system, as it is handed out."""
    from gatehouse.domain.code import RANDOM_BYTES, spell_code

    return spell_code(urandom(RANDOM_BYTES))


def chance() -> float:
    """Return a number from 0 up to 1, from the system.

    Not from the `random` module's generator: SnapStart would have every environment draw the same numbers.
    """
    return int.from_bytes(urandom(7)) / (1 << 56)


def app_over(
    aws: Aws,
    settings: Settings,
    telemetry: Telemetry,
    deadline: Deadline,
    *,
    clock: Clock | None = None,
    sleep: Callable[[float], None] = time.sleep,
    unwritten: Callable[[Entry], None] | None = None,
) -> App:
    """Return the app over one way to reach AWS. Entries that cannot be written go to the log if to nothing else."""
    return App(
        lambda: aws,
        settings,
        telemetry,
        deadline,
        clock=clock or utc_now,
        sleep=sleep,
        unwritten=unwritten or telemetry.unwritten,
    )


@cache
def telemetry() -> Telemetry:
    """Return this process's telemetry."""
    return Telemetry()


@cache
def lambda_app() -> App:
    """Return the app of a Lambda function, plugged together at its first invocation."""
    deadline = Deadline(TRIGGER_SECONDS, time.monotonic)
    told = telemetry()
    return App(
        lambda: _trigger_aws(deadline),
        read_settings(),
        told,
        deadline,
        clock=utc_now,
        sleep=time.sleep,
        unwritten=told.unwritten,
    )


def load_for_a_snapshot() -> None:
    """Load what an invocation would load when it first asks the store, so that a snapshot holds it.

    Nothing is plugged together yet. Connections, credentials and what awscrt draws its randomness from are made by
    the first invocation of each environment that starts from the snapshot, and so are no two environments' the same.
    """
    import gatehouse.aws.crt
    import gatehouse.services.join
    import gatehouse.services.recording
    import gatehouse.store.addresses
    import gatehouse.store.audit_log
    import gatehouse.store.deliveries
    import gatehouse.store.members
    import gatehouse.store.policies
    import gatehouse.store.providers
    import gatehouse.store.tenants  # noqa: F401 - loaded is all that they are to be


def _trigger_aws(deadline: Deadline) -> Aws:
    from gatehouse.aws.crt import CrtAws
    from gatehouse.aws.retries import Retries

    aws = CrtAws(
        dynamodb_place(),
        deadline,
        retries=Retries(time.sleep, chance),
        clock=utc_now,
        new_token=lambda: urandom(_TOKEN_BYTES).hex(),
    )
    return TracedAws(aws)
