"""Files of tenants for tests of `gatehouse plan` and `gatehouse apply`, and who carries them out."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from gatehouse.runtime.wiring import App
from tests.support.stores import entries

ACME = """
tenants:
  acme:
    name: Acme Ltd
    seats: 20
    locale: de
    status: suspended
    branding: {color: "#0b5fff", footer: Acme}
    policy: {ways: [srp, custom], provider_role: viewer, codes: false, tenants_list: false}
    providers:
      AcmeSaml: {domains: [acme.example]}
    domains:
      acme.example: {role: viewer, join: approval}
clients:
  web: {}
"""


class Keyboard(io.StringIO):
    """An operator who answers a question, and what happens while they think."""

    def __init__(self, answer: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__(f"{answer}\n")
        self._meanwhile = meanwhile

    def isatty(self) -> bool:
        self._meanwhile()
        return True


def says(text: str) -> str:
    Path("tenants.yaml").write_text(text, encoding="utf-8")
    return "tenants.yaml"


def of_acme(**settings: Any) -> str:
    return says(yaml.safe_dump({"tenants": {"acme": settings}}))


def made_by_plans(store: App) -> list[tuple[str, str]]:
    """Return the actions and sources of the entries of changes that plans have made, in order."""
    told = entries(store, store.clock().date(), *(tenant.id for tenant in store.tenants.every()))
    return sorted((one.action, one.source) for one in told if one.source.startswith("cli:apply:"))
