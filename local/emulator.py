"""The emulator's process: MiniStack with our completion around it, on 127.0.0.1 alone.

Start it with `.venv-local/bin/python -m local.emulator`; docs/local.md lists the variables that it reads.
"""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

HOST = "127.0.0.1"
# Everything else is dropped: the emulator hands its whole environment on to the functions that it runs.
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USER")
_SETTINGS = {
    "CLOUDTRAIL_RECORDING": "0",
    "COGNITO_TRIGGER_LIMIT_S": "5",
    "GATEHOUSE_LOCAL_OUTLIVE_PARENT": "0",
    "GATEHOUSE_LOCAL_REPEAT_TRIGGERS": "0",
    "GATEWAY_PORT": "4566",
    "LAMBDA_WARM_TTL_SECONDS": "300",
    "LOG_LEVEL": "INFO",
    "MINISTACK_REGION": "us-east-1",
    "PERSIST_STATE": "1",
    "STATE_DIR": ".local/state",
}
_FIXED = {"AUTH": "true", "BIND_HOST": HOST, "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
_PARENT_CHECK_S = 0.5
_GRACE_S = 1


class StartError(Exception):
    """Why it cannot start, in a sentence for the person who started it."""


def main() -> int:
    """Serve until SIGTERM, SIGINT or the end of the parent process. Returns the exit status."""
    parent = os.getppid()
    try:
        listening = bound(os.environ.get("GATEWAY_PORT", _SETTINGS["GATEWAY_PORT"]))
        settle(os.environ, port=listening.getsockname()[1])
    except StartError as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
    print(f"emulator: http://{HOST}:{os.environ['GATEWAY_PORT']}", flush=True)
    asyncio.run(serve(listening, None if os.environ["GATEHOUSE_LOCAL_OUTLIVE_PARENT"] == "1" else parent))
    return 0


def bound(port: str) -> socket.socket:
    """Take the port on the loopback interface; 0 asks the system for a free one. Raises StartError."""
    if not port.isdigit() or int(port) >= 1 << 16:
        raise StartError(f"GATEWAY_PORT is {port!r}, which is no port")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, int(port)))
        listening.listen()
    except OSError as error:
        listening.close()
        raise StartError(f"port {port} cannot be used ({os.strerror(error.errno or 0)}); set GATEWAY_PORT") from error
    return listening


def settle(environment: "os._Environ[str]", *, port: int) -> None:
    """Leave in the environment what the emulator and its functions may see, and nothing else.

    Raises StartError for a setting that cannot be.
    """
    settings = {name: environment.get(name, default) for name, default in _SETTINGS.items()}
    try:
        state = Path(settings["STATE_DIR"]).resolve()
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"STATE_DIR {settings['STATE_DIR']} cannot be made ({error.strerror})") from error
    settings |= {
        "GATEWAY_PORT": str(port),
        "S3_DATA_DIR": str(state / "s3"),
        "S3_PERSIST": settings["PERSIST_STATE"],
        "STATE_DIR": str(state),
    }
    try:
        float(settings["COGNITO_TRIGGER_LIMIT_S"])
    except ValueError as error:
        limit = settings["COGNITO_TRIGGER_LIMIT_S"]
        raise StartError(f"COGNITO_TRIGGER_LIMIT_S is {limit!r}, which is no number of seconds") from error
    kept = {name: environment[name] for name in _KEPT if name in environment}
    environment.clear()
    environment.update(kept | settings | _FIXED)


async def serve(listening: socket.socket, parent: int | None) -> None:
    """Run the emulator on a listening socket until a signal comes or the parent process has ended."""
    # The emulator reads its environment when it is imported, so not before `settle`.
    from hypercorn.asyncio import serve as serve_asgi  # noqa: PLC0415 - see above
    from hypercorn.config import Config  # noqa: PLC0415 - see above
    from ministack.app import app  # noqa: PLC0415 - see above

    from local.completion.app import Completion  # noqa: PLC0415 - see above
    from local.completion.settings import Settings  # noqa: PLC0415 - see above

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, stopping.set)
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.graceful_timeout = _GRACE_S
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    watch = asyncio.create_task(_watch(parent, stopping)) if parent is not None else None
    completed = Completion(app, Settings.from_environment(os.environ))
    await serve_asgi(completed, config, shutdown_trigger=stopping.wait)
    if watch:
        watch.cancel()


async def _watch(parent: int, stopping: asyncio.Event) -> None:
    """Stop when the parent is gone, so that nothing is left running however it ended."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing announces the end of a parent portably
        await asyncio.sleep(_PARENT_CHECK_S)
    stopping.set()


if __name__ == "__main__":
    sys.exit(main())
