"""The event of each function on the common path of a sign-in, and what stands in the store before it arrives.

As in `tests/support/scenes.py`, but by the real clock: a function under the real runtime has no other.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from gatehouse.aws import Aws
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App, utc_now
from gatehouse.store.attributes import to_wire
from tests.support.builders import ANAS_SUB, a_membership, an_admission, an_entry, an_invitation
from tests.support.functions import sample_event
from tests.support.stage import branding, fresh_entry_id, mapping, membership, rewrite, tenant
from tests.support.stores import REGION, TestClock, app_for, create_tables, delete_tables

PEER_TABLE = "benchmarks-peers"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, which it answers alike however often it comes on a stage that is set anew.

    Args:
        case: its sample event, named after the decision.
        arrange: sets the stage.
        is_recorded: whether it is a decision, which leaves a log line with its reason; nothing else leaves any.
    """

    case: str
    arrange: Callable[[App], None]
    is_recorded: bool = True

    @property
    def tells(self) -> tuple[str, ...]:
        """Return what its log lines tell of it."""
        return (self.case,) if self.is_recorded else ()


@dataclass(frozen=True, slots=True)
class CommonPath:
    """What a function is measured by.

    Args:
        cold: the call of a cold start; also what requests and capacity are counted by.
        again: the call of the warm series, where the first one is another the second time.
    """

    cold: Call
    again: Call | None = None

    @property
    def warm(self) -> Call:
        """Return the call of the warm series."""
        return self.again or self.cold


def settings_of(function: str) -> Settings:
    """Return settings with which a function does all that it can, and tables of its own."""
    return Settings(
        table_name=f"benchmarks-{function}",
        audit_table_name=f"benchmarks-{function}-audit",
        auto_verify=True,
        pool_sends_by_ses=True,
    )


def environment_of(function: str, endpoint_url: str) -> dict[str, str]:
    """Return a function's environment, as the template and Lambda give it."""
    ours = {
        f"GATEHOUSE_{name.upper()}": value if isinstance(value, str) else str(value).lower()
        for name, value in asdict(settings_of(function)).items()
    }
    return ours | aws_environment(endpoint_url)


def aws_environment(endpoint_url: str) -> dict[str, str]:
    """Return where AWS is, and what Powertools calls whoever asks."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Benchmarks",
        "POWERTOOLS_SERVICE_NAME": "gatehouse",
    }


def event_of(function: str, call: Call) -> dict[str, Any]:
    """Return the event of a call."""
    return sample_event(function, call.case)


def make_tables(aws: Aws, function: str) -> None:
    """Make a function's tables, empty."""
    create_tables(aws, settings_of(function))


def set_stage(aws: Aws, function: str, call: Call) -> None:
    """Set a function's stage anew, whatever stands there."""
    delete_tables(aws, settings_of(function))
    make_tables(aws, function)
    call.arrange(app_for(aws, TestClock(utc_now()), settings_of(function)))


def set_peers_stage(aws: Aws) -> None:
    """Make the peers' table, with the rows that they read."""
    keys = ("PK", "SK")
    aws.call(
        "dynamodb",
        "CreateTable",
        {
            "TableName": PEER_TABLE,
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in keys],
            "KeySchema": [
                {"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, ("HASH", "RANGE"), strict=True)
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    user = {"PK": f"USER#{ANAS_SUB}", "tenant_id": "acme", "address": "ana@acme.com", "role": "member"}
    rows = (
        user | {"SK": "PROFILE"},
        user | {"SK": "MEMBERSHIP#acme", "status": "active", "joined_at": "2026-11-23T12:00:00.000Z"},
        {"PK": "TENANT#acme", "SK": "TENANT", "name": "Acme", "status": "active"},
    )
    for row in rows:
        aws.call("dynamodb", "PutItem", {"TableName": PEER_TABLE, "Item": to_wire(row)})


def _nothing(_app: App) -> None:
    return


def _invite(app: App) -> Invitation:
    now = app.clock()
    tenant(app)
    made = an_invitation(invited_at=now, expires_on=(now + _WEEK).date())
    app.invitations.create(made, an_entry(id=fresh_entry_id()), now.date())
    return made


def _invited(app: App) -> None:
    _invite(app)


def _admitted(app: App) -> None:
    _invite(app)
    app.addresses.admit(an_admission(admitted_at=app.clock()), an_entry(id=fresh_entry_id()))


def _branded(app: App) -> None:
    _admitted(app)
    branding(app)


def _joined(app: App) -> None:
    rewrite(app, replace(_invite(app), status=InvitationStatus.ACCEPTED, sub=ANAS_SUB))


def _member(app: App) -> None:
    tenant(app)
    membership(app, a_membership(), default="acme")


def _mapped(app: App) -> None:
    tenant(app)
    mapping(app, "acme.com")


COMMON_PATHS = {
    "custom_auth_challenge": CommonPath(Call("challenge_not_offered", _nothing)),
    "custom_message": CommonPath(Call("sign_up", _branded, is_recorded=False)),
    "inbound_federation": CommonPath(Call("provider_mapped", _mapped)),
    "post_authentication": CommonPath(Call("authenticated", _nothing)),
    # Nobody joins twice: what is warm is told that somebody has joined already.
    "post_confirmation": CommonPath(Call("joined", _admitted), again=Call("already_joined", _joined)),
    "pre_authentication": CommonPath(Call("passed_through", _nothing, is_recorded=False)),
    "pre_sign_up": CommonPath(Call("invited", _invited)),
    "pre_token_generation": CommonPath(Call("default_tenant", _member)),
}
