"""template.yaml as plain values: short tags such as `!GetAtt A.B` become `{"Fn::GetAtt": "A.B"}`."""

from pathlib import Path
from typing import Any

import yaml

from gatehouse.runtime.cognito import TRIGGERS

ROOT = Path(__file__).resolve().parents[2]
_LONG_FORMS = {"Ref": "Ref", "Condition": "Condition"}


class _Loader(yaml.SafeLoader):
    """A safe loader that knows CloudFormation's tags."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = _LONG_FORMS.get(suffix, f"Fn::{suffix}")
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(node)


_Loader.add_multi_constructor("!", _tagged)


def _read() -> dict[str, Any]:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - a safe loader, as its base class says
    return loaded


TEMPLATE = _read()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type, by logical id."""
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == kind}


def properties(logical_id: str) -> dict[str, Any]:
    """Return what a resource is made with."""
    found: dict[str, Any] = RESOURCES[logical_id]["Properties"]
    return found


def as_camel(folder: str) -> str:
    """Return how a function's folder is called in logical ids: `pre_sign_up` is `PreSignUp`."""
    return "".join(word.capitalize() for word in folder.split("_"))


FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
NAMES = [as_camel(folder) for folder in FOLDERS]
TRIGGER_NAMES = [as_camel(folder) for folder in sorted(TRIGGERS)]
