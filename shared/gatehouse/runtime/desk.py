"""Where an operator's things are plugged together: the app over boto3, the pool's profiles, a name to act in."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from gatehouse.aws.boto import BotoAws, boto_client
from gatehouse.aws.deadline import Deadline
from gatehouse.domain.audit import Party, PartyKind
from gatehouse.messaging.delivery import Sender, Senders
from gatehouse.runtime.telemetry import Telemetry
from gatehouse.runtime.wiring import app_over, chance
from gatehouse.store.profiles import Profiles
from gatehouse.store.rehearsal import Rehearsal
from gatehouse.store.stack import LiveStack
from gatehouse.store.user_pool import LiveUserPool

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.aws import Aws
    from gatehouse.domain.audit import Entry
    from gatehouse.runtime.settings import Settings
    from gatehouse.runtime.wiring import App
    from gatehouse.services.ports import Clock


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
class Rehearsed:
    """An app that decides as the triggers do and writes nothing, and the rehearsal under it: for one decision."""

    app: App
    watch: Rehearsal


@dataclass(frozen=True, slots=True)
class OperatorDesk:
    """The app as an operator uses it: with the user pool and its profiles, and with who the operator is.

    Any other pool, and any stack, of the same account and region is there by its id or name. `sender` sends what the
    operator has made.
    """

    app: App
    profiles: Profiles
    operator: Party
    user_pool: LiveUserPool
    user_pool_of: Callable[[str], LiveUserPool]
    stack_of: Callable[[str], LiveStack]
    rehearse: Callable[[Settings], Rehearsed]
    sender: Sender


# A command has no caller that gives up on it; boto3's own timeouts bound each of its calls.
_COMMAND_SECONDS = 86_400.0
_COMMAND_TIMEOUTS = (5.0, 10.0)


def operator_desk(
    settings: Settings,
    user_pool_id: str,
    *,
    place: Place,
    unwritten: Callable[[Entry], None],
    senders: Senders | None = None,
) -> OperatorDesk:
    """Return the desk of whoever these AWS credentials belong to.

    Args:
        settings: of the stack.
        user_pool_id: the stack's user pool.
        place: where the stack is.
        unwritten: takes an entry that the audit log could not be given, so that the operator can keep it.
        senders: by what the stack sends; None for nothing.

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
        LiveUserPool(aws, user_pool_id),
        lambda other_id: LiveUserPool(aws, other_id),
        lambda name: LiveStack(aws, name, time.sleep),
        lambda of_functions: rehearse(aws, of_functions, deadline),
        Sender(aws, senders or Senders(), time.sleep, chance),
    )


def rehearse(aws: Aws, settings: Settings, deadline: Deadline, clock: Clock | None = None) -> Rehearsed:
    """Return the app of a trigger with these settings, over a rehearsal."""
    watch = Rehearsal(aws, settings.table_name, settings.audit_table_name)
    return Rehearsed(app_over(watch, settings, Telemetry(sys.stderr), deadline, clock=clock), watch)


def stack_outputs(stack_name: str) -> dict[str, str]:
    """Return the outputs of a CloudFormation stack by name, in the account and region of boto3's own chain.

    Raises:
        AwsError: `ValidationError`, if there is no such stack.
    """
    aws = _command_aws(Place(), Deadline(_COMMAND_SECONDS, time.monotonic))
    stack = aws.call("cloudformation", "DescribeStacks", {"StackName": stack_name})["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _command_aws(place: Place, deadline: Deadline) -> Aws:
    new_client = partial(
        boto_client,
        region=place.region,
        endpoint_url=place.endpoint_url,
        credentials=place.credentials,
        timeouts=_COMMAND_TIMEOUTS,
    )
    return BotoAws(new_client, deadline)
