"""What the emulator starts for a benchmark: as local/bootstrap.py, with the trace header that Lambda always sends.

The Runtime Interface Emulator sends none, so the variable that the runtime client makes of it is set here.
Run by path with `-I -B`, so that nothing but these folders is on the function's path and nothing is compiled for later.
"""

import os
import sys


def main(trace: str, task_root: str, layer: str, client: str, log: str) -> None:
    """Become the runtime: artefact, layer and runtime client on the path, in Lambda's order.

    Args:
        trace: what X-Ray says of every invocation.
        task_root: the function's artefact.
        layer: the layer's `python` folder.
        client: the folder of the runtime client, compiled.
        log: takes what the function says.
    """
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.path[:0] = [task_root, layer, client]
    from awslambdaric import bootstrap  # noqa: PLC0415 - found only with that path
    from awslambdaric.__main__ import main as serve  # noqa: PLC0415 - as above

    bootstrap.update_xray_env_variable = lambda _header: os.environ.update(_X_AMZN_TRACE_ID=trace)
    serve(["bootstrap", os.environ["_HANDLER"]])


if __name__ == "__main__":
    main(*sys.argv[1:6])
