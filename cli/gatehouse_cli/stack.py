"""Finding the stack that a command is about: by its name on AWS, or the local one by its file."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gatehouse.domain.address import AddressKind
from gatehouse.errors import AwsError
from gatehouse.messaging.delivery import Senders
from gatehouse.runtime.desk import Place

LOCAL_FILE = Path(".local", "stack.json")

# The local stack takes these and no others; a person's own are never sent to an address that a file names.
_LOCAL_CREDENTIALS = ("test", "test")

_THREE_WAYS = (
    "Name it with --stack NAME or in GATEHOUSE_STACK, or run `make local` and call from its folder, "
    "where .local/stack.json is"
)

_NO_OBJECT = "it is no JSON object"

_FUNCTION_ARN = "FunctionArn"

type Text = Annotated[str, StringConstraints(min_length=1)]


class StackProblem(Exception):
    """The stack cannot be told: a sentence, its code, and what to do."""

    def __init__(self, code: str, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.advice = advice


class Outputs(BaseModel):
    """The outputs of a stack that commands need, as template.yaml names them; of the others, the functions'."""

    model_config = ConfigDict(frozen=True, extra="allow")

    table_name: Text = Field(alias="TableName")
    audit_table_name: Text = Field(alias="AuditTableName")
    user_pool_id: Text = Field(alias="UserPoolId")
    app_url: Text = Field(alias="AppUrl")
    sign_in_by: Literal["email", "phone"] | None = Field(default=None, alias="SignInBy")
    web_client_id: Text | None = Field(default=None, alias="UserPoolClientId")
    two_step_client_id: Text | None = Field(default=None, alias="TwoStepClientId")
    mail_from: Text | None = Field(default=None, alias="MailFrom")
    mail_configuration_set: Text | None = Field(default=None, alias="MailConfigurationSet")
    product_name: Text | None = Field(default=None, alias="ProductName")
    locale: Text = Field(default="en", alias="Locale")

    @property
    def takes(self) -> AddressKind | None:
        """Return the kind of address that people sign in by; None with an existing user pool."""
        kinds = {"email": AddressKind.EMAIL, "phone": AddressKind.PHONE}
        return kinds[self.sign_in_by] if self.sign_in_by else None

    @property
    def senders(self) -> Senders:
        """Return by what the stack sends: mail if it sends through SES, SMS if people sign in by phone."""
        return Senders(
            mail=self.mail_from, configuration_set=self.mail_configuration_set, has_sms=self.sign_in_by == "phone"
        )

    @property
    def own_clients(self) -> dict[str, str]:
        """Return the id of each app client that the stack made, by its name; none with an existing user pool."""
        made = {"web": self.web_client_id, "two-step": self.two_step_client_id}
        return {name: client_id for name, client_id in made.items() if client_id is not None}

    @property
    def function_arns(self) -> dict[str, str]:
        """Return the ARN of each function's alias, by the name of its output."""
        others = (self.model_extra or {}).items()
        return {name: arn for name, arn in others if name.endswith(_FUNCTION_ARN) and isinstance(arn, str)}


class StackFile(Outputs):
    """What `make local` writes: where the stack is, and its outputs beside that."""

    endpoint_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
    region: Text
    stack_name: Text


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that was found."""

    name: str
    outputs: Outputs
    place: Place


def find_stack(name: str | None, folder: Path, read_outputs: Callable[[str], Mapping[str, str]]) -> Stack:
    """Return the stack of this name, or the local one of the folder or the nearest parent that has one.

    Args:
        name: of the CloudFormation stack; None for the local one.
        folder: where to begin to look for `.local/stack.json`.
        read_outputs: returns the outputs of a stack on AWS.

    Raises:
        StackProblem: if there is none, or it does not tell what it should.
        AwsError: if AWS does not answer.
    """
    if name is not None:
        return _named_stack(name, read_outputs)
    for parent in (folder, *folder.parents):
        if (parent / LOCAL_FILE).is_file():
            return _local_stack(parent / LOCAL_FILE)
    raise StackProblem("no_stack", "No stack is named, and no local one is running here", _THREE_WAYS)


def _named_stack(name: str, read_outputs: Callable[[str], Mapping[str, str]]) -> Stack:
    try:
        outputs = read_outputs(name)
    except AwsError as error:
        if error.code != "ValidationError":  # CloudFormation's word for a stack that there is not
            raise
        raise StackProblem(
            "stack_not_found",
            f"There is no stack {name} in this account and region",
            "See what there is, with the same credentials and region: aws cloudformation list-stacks",
        ) from error
    try:
        return Stack(name, Outputs.model_validate(outputs), Place())
    except ValidationError as error:
        raise StackProblem(
            "not_a_gatehouse_stack",
            f"The stack {name} is not of Gatehouse, it lacks {_lacking(error)}",
            "Name the stack that template.yaml was deployed as; one that is still being made has no outputs yet",
        ) from error


def _local_stack(path: Path) -> Stack:
    try:
        found = StackFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise _unusable(f"{path} cannot be read, {error.strerror}") from error
    except ValidationError as error:
        raise _unusable(f"{path} is not usable, {_wrong(error)}") from error
    except ValueError as error:
        raise _unusable(f"{path} is not usable, {_NO_OBJECT}") from error
    place = Place(region=found.region, endpoint_url=found.endpoint_url, credentials=_LOCAL_CREDENTIALS)
    return Stack(found.stack_name, found, place)


def _unusable(sentence: str) -> StackProblem:
    advice = "Run `make local` again, which writes it, or name a stack on AWS with --stack NAME"
    return StackProblem("stack_file_unusable", sentence, advice)


def _wrong(error: ValidationError) -> str:
    lacking = _lacking(error)
    return f"it lacks a right {lacking}" if lacking else _NO_OBJECT


def _lacking(error: ValidationError) -> str:
    return ", ".join(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])
