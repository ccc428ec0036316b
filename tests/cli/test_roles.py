"""`roles.yaml`: what it may hold, what is made of it, and that a deployment's own roles reach the tokens."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from gatehouse_cli import roles
from gatehouse_cli.roles import ROLES_FILE, RolesFile, module_of, stale_files
from gatehouse_cli.yaml_file import FileProblem, read_yaml
from tests.support.stores import ROOT

OWN = """
roles:
  owner: {rank: 9, permissions: [invitations:write, reports:export]}
  member: {rank: 5, permissions: []}
  auditor: {rank: 7, permissions: [reports:export]}
"""
# What a token says of a member, and what rank a role may hand out, in a layer that was made with other roles.
PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import UTC, datetime
from gatehouse.domain.claims import claims_for
from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships, is_for_rules, may_invite
from gatehouse.domain.role import Role
auditor = Role("auditor")
member = Membership(tenant_id="acme", sub="1", address="ana@acme.com", role=auditor, status=MemberStatus.ACTIVE,
                    joined_at=datetime.now(UTC))
claims = claims_for(UserMemberships({"acme": member}, None), member)
print(*Role, claims["tenant_role"], *claims["tenant_permissions"], may_invite(Role.OWNER, auditor),
      may_invite(auditor, Role.MEMBER), is_for_rules(auditor), is_for_rules(Role.MEMBER))
"""


def of(text: str, folder: Path) -> RolesFile:
    path = folder / "roles.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path, RolesFile, "advice")


def test_what_ships_is_what_roles_yaml_says() -> None:
    assert stale_files(ROOT, rewrite=False) == []


def test_the_schema_takes_what_ships_and_no_role_without_a_rank() -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "roles.json").read_text(encoding="utf-8"))
    shipped = yaml.safe_load(ROLES_FILE.read_text(encoding="utf-8"))

    jsonschema.validate(shipped, schema)
    del shipped["roles"]["viewer"]["rank"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(shipped, schema)


def test_a_deployments_own_roles_reach_its_tokens(tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    shutil.copytree(ROOT / "shared" / "gatehouse", layer / "gatehouse", ignore=shutil.ignore_patterns("__pycache__"))
    (layer / "gatehouse" / "domain" / "role.py").write_text(module_of(of(OWN, tmp_path)), encoding="utf-8")

    said = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, str(layer)], capture_output=True, check=True, text=True
    ).stdout.split()

    assert said == ["owner", "auditor", "member", "auditor", "reports:export", "True", "False", "False", "True"]


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("roles: {}", None, "the role owner must be there"),
        ("roles:\n  owner: {rank: 2, permissions: []}", None, "the role member must be there"),
        (OWN.replace("rank: 7", "rank: 9"), None, "owner must stand above every other role, and auditor has rank 9"),
        (OWN.replace("[reports:export]", "[x:y]"), None, "owner must have every permission, and lacks x:y of auditor"),
        (OWN.replace("[reports:export]", "[reports:export, reports:export]"), None, "auditor names a permission twice"),
        (OWN.replace("rank: 5", "rank: 0"), 4, "roles.member.rank: Input should be greater than or equal to 1"),
        (OWN.replace("rank: 5", "rank: five"), 4, "roles.member.rank: Input should be a valid integer"),
        (OWN.replace("rank: 5", "level: 5"), 4, "roles.member.rank: Field required"),
        (OWN.replace("auditor", "Auditor"), 5, "roles.Auditor.[key]: String should match pattern"),
        (OWN.replace("reports:export", "export"), 3, "roles.owner.permissions.1: String should match pattern"),
        (OWN + "  member: {rank: 1, permissions: []}", 6, 'found duplicate key "member"'),
        ("roles: [", 1, "expected the node content"),
        ("", None, "Input should be a valid dictionary"),
    ],
)
def test_a_file_that_makes_no_sense_is_complained_about_by_the_line(
    text: str, line: int | None, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(FileProblem) as raised:
        of(text, tmp_path)

    assert complaint in raised.value.sentence
    assert line is None or f"line {line}:" in raised.value.sentence


def test_permissions_that_would_not_fit_into_a_header_are_refused(tmp_path: Path) -> None:
    many = ", ".join(f"reports:export-number-{number:03}" for number in range(40))

    with pytest.raises(FileProblem, match="the permissions of owner take more than 1024 bytes of each token"):
        of(OWN.replace("invitations:write", many), tmp_path)


@pytest.mark.parametrize(("content", "complaint"), [(None, "cannot be read"), (b"\xff", "is not in UTF-8")])
def test_a_file_that_cannot_be_read_is_told(content: bytes | None, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(FileProblem, match=complaint):
        read_yaml(path, RolesFile, "advice")


def test_a_stale_module_is_named_by_a_check_and_made_anew_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roles.yaml").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(roles, "ROOT", tmp_path)

    assert roles.main(["--check"]) == 1
    assert not (tmp_path / "docs").exists()
    assert roles.main([]) == 0
    assert roles.main(["--check"]) == 0

    said = capsys.readouterr().out
    assert "shared/gatehouse/domain/role.py is not what roles.yaml says: make roles" in said
    assert "docs/schemas/roles.json is written anew" in said


def test_a_broken_file_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roles.yaml").write_text("roles: {}", encoding="utf-8")
    monkeypatch.setattr(roles, "ROOT", tmp_path)

    assert roles.main([]) == 1

    assert "[invalid_file]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [tmp_path / "roles.yaml"]
