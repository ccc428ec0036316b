from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator
from tests.support import stage
from tests.support.builders import ANAS_SUB, NOW, a_membership


def test_members_are_listed_in_a_table(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")
    stage.membership(store, a_membership(role=Role.ADMIN))

    lines = operator.does("member", "list", "--tenant", "acme").splitlines()

    assert lines == [
        "ADDRESS       SUB                                   ROLE   STATUS  JOINED (UTC)",
        f"ana@acme.com  {ANAS_SUB}  admin  active  {NOW:%Y-%m-%d %H:%M:%S}",
    ]


def test_members_are_listed_as_json(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")
    stage.membership(store, a_membership())

    listed = operator.reads("member", "list", "--tenant", "acme")

    assert listed == [
        {
            "tenant": "acme",
            "address": "ana@acme.com",
            "sub": ANAS_SUB,
            "role": "member",
            "status": "active",
            "joined_at": "2026-11-23T12:00:00Z",
        }
    ]


def test_a_tenant_without_members_lists_none(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    result = operator.types("member", "list", "--tenant", "acme")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Tenant acme has no members yet\n")


def test_a_tenant_that_there_is_not_has_no_members(operator: Operator) -> None:
    refused = operator.is_refused("member", "list", "--tenant", "acme")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
