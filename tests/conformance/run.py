"""The run: every source's events, through the built function that serves it, under the real Lambda runtime."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass

from gatehouse.aws import Aws
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import utc_now
from local.invoke import logical_id
from local.process import ROOT, StackError
from local.runtime import Package, Runtime, read_only_copies, running
from local.stack import BUILD, build, building
from tests.conformance.contract import Source, problem_with, sources
from tests.conformance.stage import base_event, base_of
from tests.conformance.variants import Variant, variants
from tests.conformance.verdict import Nonconforming, State, state_of
from tests.support.functions import TRIGGER_FOLDERS
from tests.support.local_stack import emulator_aws
from tests.support.stores import REGION, TestClock, app_for, create_tables, delete_tables

NOT_SHIPPED = "not shipped (by decision)"
NOT_BUILT = "not built"
FAILED = "failed"
BASE = "the sample event"


@dataclass(frozen=True, slots=True)
class Problem:
    """One event that came to something else than the contract has it.

    Args:
        version: of the event.
        variant: what is different from the sample event.
        what: what is wrong.
        log: what the function said meanwhile.
    """

    version: str
    variant: str
    what: str
    log: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a source.

    Args:
        source: the source.
        state: what the function makes of the sample event, in every version of it.
        events: how many were sent.
        problems: those that did not conform.
    """

    source: Source
    state: str
    events: int = 0
    problems: Sequence[Problem] = ()

    @property
    def conforms(self) -> bool:
        """Tell whether there is nothing left to do about this source."""
        return not self.problems


def run(endpoint_url: str) -> list[Report]:
    """Build, and send every source's events to the function that serves it; one report for each source, in order.

    Args:
        endpoint_url: an emulator's. Nothing needs to be deployed to it.

    Raises:
        StackError: if something cannot be built or run here.
    """
    aws = emulator_aws(endpoint_url)
    found: dict[str, Report] = {}
    with _built(TRIGGER_FOLDERS) as packages:
        for function, package in packages.items():
            settings = _settings(function)
            with running(package, _environment(settings, endpoint_url)) as runtime:
                for source in sources():
                    if source.function == function:
                        found[source.name] = _report(source, runtime, aws, settings)
    return [found.get(source.name) or _without_function(source) for source in sources()]


@contextmanager
def _built(functions: Sequence[str]) -> Iterator[dict[str, Package]]:
    with ExitStack() as kept:
        with building():
            build(say=lambda _sentence: None)
            artefacts = {function: BUILD / logical_id(function) for function in functions}
            there = {function: artefact for function, artefact in artefacts.items() if artefact.is_dir()}
            packages = kept.enter_context(read_only_copies(there, BUILD / "GatehouseLayer" / "python"))
        yield packages


def _settings(function: str) -> Settings:
    """Return settings with which a function says all that it can, and tables of its own."""
    return Settings(
        table_name=f"conformance-{function}",
        audit_table_name=f"conformance-{function}-audit",
        auto_verify=True,
        pool_sends_by_ses=True,
    )


def _environment(settings: Settings, endpoint_url: str) -> dict[str, str]:
    ours = {
        f"GATEHOUSE_{name.upper()}": value if isinstance(value, str) else str(value).lower()
        for name, value in asdict(settings).items()
    }
    return ours | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _report(source: Source, runtime: Runtime, aws: Aws, settings: Settings) -> Report:
    create_tables(aws, settings)
    try:
        base_of(source).arrange(app_for(aws, TestClock(utc_now()), settings))
        tried = [trials(source, version, runtime) for version in source.responses]
    finally:
        delete_tables(aws, settings)
    states = sorted({first for first, *_ in tried if isinstance(first, State)})
    problems = [one for of_version in tried for one in of_version if isinstance(one, Problem)]
    return Report(source, ", ".join(states) or FAILED, sum(map(len, tried)), problems)


def trials(source: Source, version: str, runtime: Runtime) -> list[State | Problem]:
    """Send the sample event of a version, then every variant of it; return what became of each, in that order."""
    event = base_event(source, version)
    for part, name in ((event, "Event"), (event["request"], source.request)):
        wrong = problem_with(part, name)
        if wrong:
            return [Problem(version, BASE, f"is not what Cognito sends: {wrong}")]
    first = _tried(Variant(BASE, event), source, version, runtime)
    rest = [_tried(one, source, version, runtime, first) for one in variants(event, source)]
    if first is State.REFUSED:
        first = Problem(version, BASE, "was refused, so that its best answer stays unseen")
    return [first, *rest]


def _tried(
    variant: Variant, source: Source, version: str, runtime: Runtime, first: State | Problem | None = None
) -> State | Problem:
    try:
        outcome = runtime.invoke(variant.event)
    except StackError as error:
        raise StackError(f"{source.name}, version {version}, {variant.name}: {error}") from error
    try:
        state = state_of(variant.event, outcome, source)
    except Nonconforming as error:
        return Problem(version, variant.name, str(error), outcome.log)
    if variant.means_the_same and isinstance(first, State) and state is not first:
        return Problem(version, variant.name, f"was {state}, and {BASE} {first}", outcome.log)
    return state


def _without_function(source: Source) -> Report:
    if source.function is not None:
        missing = Problem("", "", f"functions/{source.function} is not there, or was not built")
        return Report(source, NOT_BUILT, problems=[missing])
    if not (ROOT / str(source.decision)).is_file():
        return Report(source, NOT_SHIPPED, problems=[Problem("", "", f"{source.decision} is not there to say why")])
    return Report(source, NOT_SHIPPED)
