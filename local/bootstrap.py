"""What the Runtime Interface Emulator starts: the function under Lambda's own runtime client, and nothing else.

Run by path with `-I`, so that neither this folder nor the environment of whoever asks is on the function's path.
"""

import os
import sys
from pathlib import Path


def main(task_root: str, layer: str, log: str, pid_file: str) -> None:
    """Become the runtime: artefact, layer and runtime client on the path, in Lambda's order.

    Args:
        task_root: the function's artefact.
        layer: the layer's `python` folder.
        log: takes what the function says, apart from what the emulator says.
        pid_file: is told which process this is; the emulator starts it in a group of its own.
    """
    Path(pid_file).write_text(str(os.getpid()), encoding="utf-8")
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.path[:0] = [task_root, layer]
    from awslambdaric.__main__ import main as serve  # noqa: PLC0415 - found only with that path, and slow to load

    serve(["bootstrap", os.environ["_HANDLER"]])


if __name__ == "__main__":
    main(*sys.argv[1:5])
