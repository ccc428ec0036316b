"""What holds of every function and every event."""

from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.errors import OperatorRefusal, Refusal
from gatehouse.runtime.telemetry import LogMessage
from tests.conformance.contract import problem_with, sources
from tests.fuzz import oracle
from tests.fuzz.runs import Run, strings
from tests.fuzz.world import EVERY_TENANT
from tests.support.functions import GATES, TRIGGER_FOLDERS

# Shorter than this, a text is found in any log by chance.
_TELLING = 6
# What a log line may well hold, though an event can be made to hold it too.
_PUBLIC = "\n".join(
    (
        *TRIGGER_FOLDERS, *EVERY_TENANT, *Action, *Outcome, *Reason, *LogMessage,
        *(spelling for one in sources() for spelling in (one.name, *one.also)),
        *(one.code for one in Refusal.__subclasses__() if one is not OperatorRefusal),
        "Gatehouse", "CloudWatchMetrics", "Namespace", "Dimensions", "Timestamp", "trigger", "outcome", "reason",
        "codeParameter", "usernameParameter", "smsMessage", "emailMessage", "emailSubject",
    )
)  # fmt: skip

# DynamoDB's limits for the two parts of a key, in bytes (Developer Guide, "Constraints in Amazon DynamoDB").
_LONGEST_KEYS = {"PK": 2048, "SK": 1024, "GSI1PK": 2048, "GSI1SK": 1024}


def ends_as_it_may(run: Run) -> None:
    """The very event comes back, or, from a gate, a refusal that is meant for people; and nothing has failed inside."""
    assert not run.failures or (run.function, *run.failures) == ("custom_message", "MessageNotUsable")
    if run.error is None:
        assert run.answer is run.event
    else:
        assert run.function in GATES
        assert isinstance(run.error, Refusal)
        assert not isinstance(run.error, OperatorRefusal)
        assert str(run.error) == f"{run.error.sentence} [{run.error.code}]"


def changes_nothing_but_the_response(run: Run) -> None:
    """All but the response is as it came; and so is the response, of a refusal or of nothing that Cognito reads."""
    assert [_without_response(run.before)] == [_without_response(run.event)]  # in lists, as NaN is not NaN
    if run.error is not None:
        assert not run.has_responded
    if run.has_responded:
        assert None in [problem_with(run.response, name) for name in _known_responses(run)]


def tells_no_one(run: Run) -> None:
    """Nothing that a person, a client or a provider has written stands in the log or in what the refusal says."""
    written = {one for one in strings(run.before) if len(one) >= _TELLING and one not in _PUBLIC}

    assert not [one for one in written if one in run.logged]


def asks_what_can_be_asked(run: Run) -> None:
    """DynamoDB can take what it is given; and no clear address is put into the audit log."""
    if any(_cannot_be_stored(one) or "@" in one for one in _of_cognito(run.before)):
        return  # these are Cognito's own words, stored as they are
    for one in strings(run.payloads):
        assert not _cannot_be_stored(one)
    for write in run.written:
        for name, longest in _LONGEST_KEYS.items():
            assert len(write.row.get(name, {"S": ""})["S"].encode()) <= longest
        if write.table == run.settings.audit_table_name:
            assert not [one for one in strings(write.row) if "@" in one and "***@" not in one]


def _of_cognito(event: object) -> tuple[str, ...]:
    return (
        oracle.text(event, "triggerSource"),
        oracle.text(event, "callerContext", "clientId"),
        oracle.text(event, "request", "providerName"),
        oracle.attribute(event, "sub"),
    )


def _cannot_be_stored(text: str) -> bool:
    return len(text) > 1_000 or any("\ud800" <= one <= "\udfff" for one in text)


def _without_response(event: object) -> object:
    """Return everything of an event but its response."""
    return {name: one for name, one in event.items() if name != "response"} if isinstance(event, dict) else event


def _known_responses(run: Run) -> set[str]:
    """Return what the contract calls the responses that Cognito takes here.

    Of a source or a version that the contract does not know, any of the function's will do.
    """
    source, version = oracle.text(run.before, "triggerSource"), str(oracle.part(run.before, "version"))
    of_function = [one for one in sources() if one.function == run.function]
    of_source = [one for one in of_function if source in (one.name, *one.also)]
    for some in (of_source, of_function):
        names = {one.responses[version] for one in some if version in one.responses}
        if names:
            return names
    return {name for one in of_source or of_function for name in one.responses.values()}
