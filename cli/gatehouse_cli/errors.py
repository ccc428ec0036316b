"""What an operator reads when something cannot be done: a sentence with its code, what to do, and the exit code."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from gatehouse.errors import (
    AddressNotSupported,
    AwsError,
    OperatorRefusal,
    Refusal,
    TemplateBroken,
    UnreadableRecord,
)
from gatehouse_cli.output import shown
from gatehouse_cli.stack import StackProblem
from gatehouse_cli.yaml_file import FileProblem

REFUSED = 1
WRONG_USE = 2
# As shells have it: 128 and the number of the signal.
INTERRUPTED = 130
READER_GONE = 141

_CREDENTIALS_ADVICE = "Sign in to AWS again, or take another profile"
ADDRESS_ADVICE = "Write it in plain ASCII, such as ana@acme.com, with an international domain in its xn-- form"
_AWS_SENTENCES = {
    "NeverConnected": "AWS could not be asked",
    "Unreachable": "AWS could not be asked",
    "UnreadableAnswer": "What answered is not AWS, or its answer broke off",
}
_NETWORK_ADVICE = "Check the network, the region and the credentials; for a local stack, whether it still runs"
_AWS_ADVICE = {
    "NeverConnected": _NETWORK_ADVICE,
    "Unreachable": _NETWORK_ADVICE,
    "UnreadableAnswer": "Check that the endpoint is one of AWS, if one is set: AWS_ENDPOINT_URL, .local/stack.json",
    "ResourceNotFoundException": "Check the region, and that the stack with its tables is still there",
    "UnrecognizedClientException": _CREDENTIALS_ADVICE,
    "ThrottlingException": "Try again in a moment",
    "ProvisionedThroughputExceededException": "Try again in a moment",
    "Contended": "Somebody else changes the same tenant: try again in a moment",
}
_RECORD_ADVICE = "Look at it in the table: it was written by hand, or by a newer version of Gatehouse"
_TEMPLATE_ADVICE = "Mend the template, and look at what it makes: gatehouse message preview"
_BUG_ADVICE = "Please report it with what `gatehouse --debug …` prints; take names and addresses out of that first"
_ACCESS_ADVICE = "These credentials lack a permission that the command needs: docs/cli.md lists them"


class WrongUse(typer.BadParameter):
    """Options that do not go together, or lack one; told with the command's usage."""

    def format_message(self) -> str:
        """Return the sentence as it is, which names the options itself."""
        return self.message


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is told about an error."""

    sentence: str
    code: str
    advice: str
    exit_code: int = REFUSED


@contextmanager
def errors_told(*, debug: bool) -> Iterator[None]:
    """Turn whatever is raised inside into lines on stderr and an exit code; with debug, into its traceback too."""
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        _forget_stdout()
        raise typer.Exit(READER_GONE) from None
    except (typer.Exit, typer.Abort, typer.TyperException):
        raise
    except Exception as error:  # noqa: BLE001 - a person reads a sentence, whatever happened
        if debug:
            typer.echo(traceback.format_exc(), err=True, nl=False)
        complaint = complaint_about(error)
        tell(complaint)
        raise typer.Exit(complaint.exit_code) from None


def tell(complaint: Complaint) -> None:
    """Print what is told about an error, on stderr."""
    typer.echo(f"error: {shown(complaint.sentence)} [{complaint.code}]", err=True)
    typer.echo(complaint.advice, err=True)


def complaint_about(error: Exception) -> Complaint:
    """Return what an operator is told about an error."""
    match error:
        case Refusal():
            return Complaint(error.sentence, error.code, _refusal_advice(error))
        case AwsError():
            return Complaint(_aws_sentence(error), error.code, _aws_advice(error))
        case UnreadableRecord():
            return Complaint(str(error), "unreadable_record", _RECORD_ADVICE)
        case TemplateBroken():
            return Complaint(f"A message cannot be made, {error}", "template_broken", _TEMPLATE_ADVICE)
        case StackProblem() | FileProblem():
            return Complaint(error.sentence, error.code, error.advice, WRONG_USE)
        case _:
            return Complaint(f"This is a bug in Gatehouse: {type(error).__name__}", "bug", _BUG_ADVICE)


def _refusal_advice(refusal: Refusal) -> str:
    if isinstance(refusal, OperatorRefusal):
        return refusal.advice
    return ADDRESS_ADVICE if isinstance(refusal, AddressNotSupported) else "See docs/refusals.md"


def _aws_sentence(error: AwsError) -> str:
    words = " ".join(str(error).removeprefix(error.code).removeprefix(": ").split()).rstrip(".")
    what = _AWS_SENTENCES.get(error.code, "AWS refused")
    return f"{what}: {words}" if words else what


def _aws_advice(error: AwsError) -> str:
    if error.code.startswith("AccessDenied"):
        return _ACCESS_ADVICE
    if "Token" in error.code or "Signature" in error.code:
        return _CREDENTIALS_ADVICE
    return _AWS_ADVICE.get(error.code, "Look this code up in the documentation of AWS, or try again")


def _forget_stdout() -> None:
    """Keep Python from writing at its end, to a reader that is gone, what is still in the buffer."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        return
