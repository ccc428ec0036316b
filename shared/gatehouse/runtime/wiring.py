"""Where real things are plugged together, on first use and never at import."""

import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial

from gatehouse.aws import Aws
from gatehouse.aws.crt import CrtAws
from gatehouse.aws.deadline import Deadline
from gatehouse.aws.retries import Retries
from gatehouse.domain.audit import Entry, Party, PartyKind
from gatehouse.domain.ulid import ulid
from gatehouse.runtime.settings import Settings, dynamodb_place, read_settings
from gatehouse.runtime.telemetry import Telemetry, TracedAws
from gatehouse.services.ports import Clock, NewId, NewSecret
from gatehouse.services.recording import Recorder
from gatehouse.services.tokens import TokenStores
from gatehouse.store.addresses import Addresses
from gatehouse.store.audit_log import AuditLog
from gatehouse.store.invitations import Invitations
from gatehouse.store.members import Members
from gatehouse.store.policies import Policies
from gatehouse.store.profiles import Profiles
from gatehouse.store.providers import Providers
from gatehouse.store.table import Pauses, Table
from gatehouse.store.tenants import Tenants

# Cognito gives up after 5 s; what is left after this is for a cold start and the answer.
TRIGGER_SECONDS = 3.0
_SECRET_BYTES = 32
_ULID_TAIL_BYTES = 10
_TOKEN_BYTES = 24  # 32 characters, of the 36 that a transaction's token may have


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything a handler or a command may use; each use case is given only what it uses."""

    settings: Settings
    clock: Clock
    deadline: Deadline
    telemetry: Telemetry
    addresses: Addresses
    audit_log: AuditLog
    invitations: Invitations
    members: Members
    policies: Policies
    providers: Providers
    tenants: Tenants
    recorder: Recorder
    new_id: NewId
    new_secret: NewSecret

    @property
    def token_stores(self) -> TokenStores:
        """Return what a token is decided by."""
        return TokenStores(
            members=self.members,
            addresses=self.addresses,
            policies=self.policies,
            providers=self.providers,
        )


def utc_now() -> datetime:
    """Return the current moment, UTC."""
    return datetime.now(UTC)


def new_ulid(at: datetime) -> str:
    """Return a ULID of this moment, its 80 random bits from the system."""
    return ulid(at, secrets.token_bytes(_ULID_TAIL_BYTES))


def new_secret() -> str:
    """Return 256 random bits from the system, as 43 URL-safe characters."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def app_over(
    aws: Aws,
    settings: Settings,
    telemetry: Telemetry,
    deadline: Deadline,
    *,
    clock: Clock = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    unwritten: Callable[[Entry], None] | None = None,
) -> App:
    """Return the app over one way to reach AWS. Entries that cannot be written go to the log if to nothing else."""
    pauses = Pauses(sleep, secrets.SystemRandom().random)
    table = Table(aws, settings.table_name, pauses)
    audit_log = AuditLog(Table(aws, settings.audit_table_name, pauses))
    return App(
        settings=settings,
        clock=clock,
        deadline=deadline,
        telemetry=telemetry,
        addresses=Addresses(table, audit_log),
        audit_log=audit_log,
        invitations=Invitations(table, audit_log),
        members=Members(table),
        policies=Policies(table, audit_log),
        providers=Providers(table, audit_log),
        tenants=Tenants(table, audit_log),
        recorder=Recorder(audit_log, new_ulid, unwritten or telemetry.unwritten),
        new_id=new_ulid,
        new_secret=new_secret,
    )


@cache
def telemetry() -> Telemetry:
    """Return this process's telemetry."""
    return Telemetry()


@cache
def lambda_app() -> App:
    """Return the app of a Lambda function, plugged together at its first invocation."""
    deadline = Deadline(TRIGGER_SECONDS, time.monotonic)
    aws = CrtAws(
        dynamodb_place(),
        deadline,
        # Not the `random` module's own generator: SnapStart would have every environment draw the same numbers.
        retries=Retries(time.sleep, secrets.SystemRandom().random),
        clock=utc_now,
        new_token=lambda: secrets.token_urlsafe(_TOKEN_BYTES),
    )
    return app_over(TracedAws(aws), read_settings(), telemetry(), deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack is and who asks there; what is None, boto3's own chain finds.

    Args:
        region: such as `eu-west-1`.
        endpoint_url: one address for all of AWS: an emulator's.
        credentials: an access key's id and its secret.
    """

    region: str | None = None
    endpoint_url: str | None = None
    credentials: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """The app as an operator uses it: with the user pool's profiles, and with who the operator is."""

    app: App
    profiles: Profiles
    operator: Party


# A command has no caller that gives up on it; boto3's own timeouts bound each of its calls.
_COMMAND_SECONDS = 86_400.0
_COMMAND_TIMEOUTS = (5.0, 10.0)


def operator_desk(
    settings: Settings, user_pool_id: str, *, place: Place, unwritten: Callable[[Entry], None]
) -> OperatorDesk:
    """Return the desk of whoever these AWS credentials belong to.

    Args:
        settings: of the stack.
        user_pool_id: the stack's user pool.
        place: where the stack is.
        unwritten: takes an entry that the audit log could not be given, so that the operator can keep it.

    Raises:
        AwsError: if AWS does not say who that is.
    """
    deadline = Deadline(_COMMAND_SECONDS, time.monotonic)
    aws = _command_aws(place, deadline)
    caller = aws.call("sts", "GetCallerIdentity", {})["Arn"]
    return OperatorDesk(
        app_over(aws, settings, Telemetry(sys.stderr, service="gatehouse-cli"), deadline, unwritten=unwritten),
        Profiles(aws, user_pool_id),
        Party(PartyKind.OPERATOR, caller),
    )


def stack_outputs(stack_name: str) -> dict[str, str]:
    """Return the outputs of a CloudFormation stack by name, in the account and region of boto3's own chain.

    Raises:
        AwsError: `ValidationError`, if there is no such stack.
    """
    aws = _command_aws(Place(), Deadline(_COMMAND_SECONDS, time.monotonic))
    stack = aws.call("cloudformation", "DescribeStacks", {"StackName": stack_name})["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _command_aws(place: Place, deadline: Deadline) -> Aws:
    from gatehouse.aws.boto import BotoAws, boto_client  # noqa: PLC0415 - no function needs it, and each would wait

    new_client = partial(
        boto_client,
        region=place.region,
        endpoint_url=place.endpoint_url,
        credentials=place.credentials,
        timeouts=_COMMAND_TIMEOUTS,
    )
    return BotoAws(new_client, deadline)
