"""A bar for work that takes a while: at a terminal, on stderr, and nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn


@contextmanager
def progress(what: str, total: int, console: Console | None = None) -> Iterator[Callable[[], None]]:
    """Yield what counts one more as done; the bar is gone when the work is.

    Args:
        what: is being done, in a word or two.
        total: how many there are to do, as far as one knows.
        console: where the bar is drawn; by default stderr, and only if stdout is a terminal too.
    """
    shown_on = console or Console(stderr=True)
    is_shown = total > 0 and (shown_on.is_terminal if console else sys.stdout.isatty() and sys.stderr.isatty())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=shown_on, transient=True, disable=not is_shown) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
