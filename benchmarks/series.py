"""The measuring itself: cold starts round by round, then calls block by block, everybody beside everybody else."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks import Unmeasurable
from benchmarks.emulated import Running, started
from benchmarks.subjects import Subject
from local.process import StackError

BLOCKS = 20
_BEFORE = 20  # calls that nobody counts

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured, and who could not be.

    Args:
        samples: milliseconds by subject, one for each start or call.
        cpu_ms: processor milliseconds of a start or call by subject, on average.
        missing: why a subject has no samples.
    """

    samples: dict[str, list[float]] = field(default_factory=dict)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def surviving(self, subject: Subject) -> Iterator[None]:
        """Note why a subject cannot be measured, and drop what it had: half a row is none."""
        try:
            yield
        except (StackError, Unmeasurable) as error:
            self.missing[subject.name] = str(error)
            self.samples.pop(subject.name, None)
            self.cpu_ms.pop(subject.name, None)

    def add(self, subject: Subject, milliseconds: Sequence[float], cpu_ms: float) -> None:
        """Take further samples, and the processor time of all of them together."""
        self.samples.setdefault(subject.name, []).extend(milliseconds)
        self.cpu_ms[subject.name] = self.cpu_ms.get(subject.name, 0.0) + cpu_ms

    def averaged(self) -> "Series":
        """Return the same with the processor time of one start or call, rather than of all."""
        each = {name: self.cpu_ms[name] / len(samples) for name, samples in self.samples.items()}
        return Series(self.samples, each, self.missing)


def cold_starts(subjects: Sequence[Subject], rounds: int, say: Say) -> Series:
    """Start each subject once in every round, and once before them all, uncounted, to fill the system's caches.

    Args:
        subjects: who is measured.
        rounds: how many samples each gets.
        say: takes a sentence on each round.
    """
    series = Series()
    for number in range(rounds + 1):
        say(f"cold starts, round {number} of {rounds}")
        first = number % len(subjects)
        for subject in (*subjects[first:], *subjects[:first]):  # nobody always runs behind the same one
            if subject.name in series.missing:
                continue
            with series.surviving(subject):
                milliseconds, cpu_ms = _cold_start(subject)
                if number:
                    series.add(subject, [milliseconds], cpu_ms)
    return series.averaged()


def _cold_start(subject: Subject) -> tuple[float, float]:
    subject.set_stage()
    with started(subject.program) as running:
        answer = running.first_answer(subject.event)
        cpu_ms = running.cpu_seconds() * 1000
        subject.check(answer.body, running.said, calls=1)
    return answer.milliseconds, cpu_ms


def warm_calls(subjects: Sequence[Subject], calls: int, say: Say) -> Series:
    """Call all subjects, block by block, while all of them are up; each block has processes of its own.

    How a process happens to lie in memory makes a tenth of difference to a call that does next to nothing.

    Args:
        subjects: who is measured.
        calls: how many samples each gets, a multiple of BLOCKS.
        say: takes a sentence on each block.
    """
    series = Series()
    for number in range(BLOCKS):
        say(f"warm calls, block {number + 1} of {BLOCKS}")
        with ExitStack() as kept:
            up: dict[str, Running] = {}
            for subject in subjects:
                if subject.name not in series.missing:
                    with series.surviving(subject):
                        up[subject.name] = _warmed_up(subject, kept)
            for subject in subjects:
                if subject.name not in series.missing:
                    with series.surviving(subject):
                        series.add(subject, *_block(up[subject.name], subject, calls // BLOCKS))
    return series.averaged()


def _warmed_up(subject: Subject, kept: ExitStack) -> Running:
    subject.set_stage()
    running = kept.enter_context(started(subject.program))
    running.first_answer(subject.event)
    _called(running, subject, _BEFORE)
    return running


def _block(running: Running, subject: Subject, calls: int) -> tuple[list[float], float]:
    before = running.cpu_seconds()
    milliseconds = _called(running, subject, calls)
    cpu_ms = (running.cpu_seconds() - before) * 1000
    last = running.answer(subject.event)
    subject.check(last.body, running.said, calls=1 + _BEFORE + calls + 1)
    return milliseconds, cpu_ms


def _called(running: Running, subject: Subject, calls: int) -> list[float]:
    return [running.answer(subject.event).milliseconds for _ in range(calls)]
