"""`roles.yaml` made into code and a schema: `python -m gatehouse_cli.roles`, with --check to compare only."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

import typer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gatehouse_cli.yaml_file import FileProblem, read_yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES_FILE = ROOT / "roles.yaml"

_ADVICE = "docs/roles.md says what a roles.yaml may hold"
# Tokens carry the permissions in each request's header, beside everything else that is in it.
_LONGEST_PERMISSIONS = 1024

type RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$", strict=True)]
type Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*$", strict=True)]


class RoleFields(BaseModel):
    """What a role is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(ge=1, le=1_000_000, strict=True, description="How high it stands; nobody hands out a higher one.")
    permissions: list[Permission] = Field(description="What it permits, as noun:verb.")


class RolesFile(BaseModel):
    """All roles of a deployment, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Roles of a Gatehouse deployment")

    roles: dict[RoleName, RoleFields] = Field(description="Each role by its name. owner and member must be there.")

    @model_validator(mode="after")
    def _must_make_sense(self) -> Self:
        for needed in ("owner", "member"):
            if needed not in self.roles:
                raise ValueError(f"the role {needed} must be there: docs/roles.md says what for")
        owner = self.roles["owner"]
        for name, role in self.roles.items():
            if name != "owner" and role.rank >= owner.rank:
                raise ValueError(f"owner must stand above every other role, and {name} has rank {role.rank}")
            if lacking := sorted(set(role.permissions) - set(owner.permissions)):
                raise ValueError(f"owner must have every permission, and lacks {', '.join(lacking)} of {name}")
            if len(set(role.permissions)) < len(role.permissions):
                raise ValueError(f"{name} names a permission twice")
            if len(json.dumps(role.permissions)) > _LONGEST_PERMISSIONS:
                raise ValueError(f"the permissions of {name} take more than {_LONGEST_PERMISSIONS} bytes of each token")
        return self

    def highest_first(self) -> Mapping[str, RoleFields]:
        """Return the roles, the highest rank first; of equal ones, as they stand in the file."""
        return dict(sorted(self.roles.items(), key=lambda one: -one[1].rank))


def module_of(file: RolesFile) -> str:
    """Return the module that the roles are made into, formatted as all our code is."""
    roles = file.highest_first()
    members = "\n".join(f'    {name.upper()} = "{name}"' for name in roles)
    ranks = "\n".join(f"    Role.{name.upper()}: {role.rank}," for name, role in roles.items())
    permissions = "\n".join(
        f"    Role.{name.upper()}: {_permissions(sorted(role.permissions))}," for name, role in roles.items()
    )
    return _MODULE.format(members=members, ranks=ranks, permissions=permissions)


def schema() -> str:
    """Return the JSON Schema of roles.yaml, for editors."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | RolesFile.model_json_schema()
    return json.dumps(made, indent=2) + "\n"


def stale_files(root: Path, *, rewrite: bool) -> list[str]:
    """Return which files are not what roles.yaml says; with rewrite, make them so.

    Raises:
        FileProblem: if roles.yaml cannot be used.
    """
    wanted = {
        "shared/gatehouse/domain/role.py": module_of(read_yaml(root / "roles.yaml", RolesFile, _ADVICE)),
        "docs/schemas/roles.json": schema(),
    }
    stale = []
    for name, text in wanted.items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if rewrite:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return stale


def main(arguments: Sequence[str]) -> int:
    """Make the files, or with --check name those that are stale; returns the exit status."""
    is_check = "--check" in arguments
    try:
        stale = stale_files(ROOT, rewrite=not is_check)
    except FileProblem as problem:
        typer.echo(f"error: {problem.sentence} [{problem.code}]\n{problem.advice}", err=True)
        return 1
    for name in stale:
        typer.echo(f"{name} {'is not what roles.yaml says: make roles' if is_check else 'is written anew'}")
    return 1 if is_check and stale else 0


def _permissions(names: Sequence[str]) -> str:
    if not names:
        return "()"
    if len(names) == 1:
        return f'("{names[0]}",)'
    return "(\n" + "".join(f'        "{name}",\n' for name in names) + "    )"


_MODULE = '''"""The roles of this deployment. Made from roles.yaml by `make roles`: change that file, not this one."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member is in a tenant, highest first."""

{members}

    @property
    def rank(self) -> int:
        """Return how high the role stands; nobody hands out one above their own."""
        return _RANKS[self]

    @property
    def permissions(self) -> tuple[str, ...]:
        """Return what the role permits, sorted, as `noun:verb`; goes into tokens as `tenant_permissions`."""
        return _PERMISSIONS[self]


_RANKS: dict[Role, int] = {{
{ranks}
}}

_PERMISSIONS: dict[Role, tuple[str, ...]] = {{
{permissions}
}}
'''


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
