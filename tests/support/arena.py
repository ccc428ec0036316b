"""A place where contestants act on one store at the same moment, each with a way to AWS of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

from gatehouse.errors import GatehouseError
from gatehouse.runtime.wiring import App

type Act = Callable[[App], object]

_TENANTS = count(1)


class Arena:
    """One app to set the stage and to look at what came of it, and one for each contestant."""

    def __init__(self, app: App, contestants: Sequence[App], rounds: int) -> None:
        self.app = app
        self._contestants = contestants
        self._rounds = rounds
        self._threads = ThreadPoolExecutor(len(contestants), thread_name_prefix="contestant")

    def rounds(self) -> Iterator[str]:
        """Yield a tenant's id for each round, new to the store."""
        for _ in range(self._rounds):
            yield f"tenant-{next(_TENANTS)}"

    def at_once(self, *acts: Act) -> list[object]:
        """Let each contestant act, all at once; return what each returned or was refused with, in order."""
        starting = Barrier(len(acts))

        def contest(act: Act, app: App) -> object:
            starting.wait(60)
            try:
                return act(app)
            except GatehouseError as error:
                return error

        running = [self._threads.submit(contest, act, app) for act, app in zip(acts, self._contestants, strict=False)]
        return [one.result() for one in running]

    def close(self) -> None:
        """End the contestants' threads."""
        self._threads.shutdown()
