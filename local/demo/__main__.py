"""Walk the journey and count: `python -m local.demo`, or `make demo`."""

import sys

from local.demo.journey import STEPS, Journey
from local.process import StackError
from local.stack import FOLDER, running_stack


def main() -> int:
    """Bring a stack up, walk the journey on it, and take it down. Exit status 0 if every step passed, else 1."""
    try:
        with running_stack(
            FOLDER / "demo", port=0, say=lambda sentence: print(f"demo: {sentence}", flush=True)
        ) as stack:
            passed = walk(Journey(stack))
    except StackError as error:
        print(f"demo: {error}", file=sys.stderr)
        print("demo: 0 passed, 1 failed")
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped; nothing is left running")
        return 130
    if passed == len(STEPS):
        print(f"demo: {passed} passed, 0 failed")
        return 0
    print(f"demo: failed at step {passed + 1} of {len(STEPS)}, the rest was not walked: {STEPS[passed].title}")
    print(f"demo: {passed} passed, 1 failed")
    return 1


def walk(journey: Journey) -> int:
    """Walk the steps until one fails, for each begins where the one before it ended; return how many passed."""
    for number, step in enumerate(STEPS, start=1):
        print(f"\n{number:>2}  {step.title}", flush=True)
        try:
            for line in step.walk(journey):
                print(f"      {line}", flush=True)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the step is to be named and the stack ended
            print(f"      FAILED, {type(error).__name__}: {error}")
            return number - 1
    print()
    return len(STEPS)


if __name__ == "__main__":
    sys.exit(main())
