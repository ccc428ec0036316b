"""What the command line cannot show, because its SDK reads no setting that is newer than itself."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gatehouse.domain.audit import Entry
from gatehouse.refusals.attachment import PoolSettingUnknown
from gatehouse.services.attachment import Plan, plan_attachment, plan_detachment
from gatehouse.services.recording import Recorder
from gatehouse.store.stack import LiveStack
from gatehouse.store.user_pool import LiveUserPool
from tests.support.builders import an_occasion

POOL = "eu-west-1_AbCdEfGhI"


class NewerAws:
    """AWS with a setting of user pools that is not known here; nothing may be changed."""

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "DescribeStacks":
            assert service == "cloudformation"
            return {"Stacks": [{"Parameters": [{"ParameterKey": "ExistingUserPoolId", "ParameterValue": POOL}]}]}
        assert (service, operation, payload) == ("cognito-idp", "DescribeUserPool", {"UserPoolId": POOL})
        return {"UserPool": {"Id": POOL, "Arn": "arn", "Weather": "fine"}}


class Log(list[Entry]):
    """An audit log that is a list."""


def attaching(recorder: Recorder) -> Plan:
    aws = NewerAws()
    stack = LiveStack(aws, "gatehouse", lambda _: None)
    return plan_attachment({}, (), an_occasion(), user_pool=LiveUserPool(aws, POOL), stack=stack, recorder=recorder)


def detaching(recorder: Recorder) -> Plan:
    return plan_detachment(
        "arn", {}, {}, {}, an_occasion(), user_pool=LiveUserPool(NewerAws(), POOL), recorder=recorder
    )


@pytest.mark.parametrize("planning", [attaching, detaching])
def test_a_setting_that_could_not_be_kept_is_refused_and_recorded(planning: Callable[[Recorder], Plan]) -> None:
    log = Log()

    with pytest.raises(PoolSettingUnknown):
        planning(Recorder(log, lambda at: at.isoformat(), log.append))

    assert [(one.reason, one.target.id) for one in log] == [("pool_setting_unknown", POOL)]
