"""`gatehouse tenant close`."""

import io

import pytest
from rich.console import Console

from gatehouse.aws import Aws
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.common import TenantClosed
from gatehouse.refusals.tenants import NotConfirmed
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.attributes import to_wire
from gatehouse_cli.progress import progress
from tests.cli.operator import Operator
from tests.support.builders import ANA, ANAS_SUB
from tests.support.histories import invites, joins


@pytest.fixture(autouse=True)
def _acme(operator: Operator, store: App) -> None:
    """A tenant with an owner, Bea, a member, Ana, and an open invitation."""
    operator.does("tenant", "create", "acme", "--seats", "5")
    today = store.clock().date()
    for address, sub, role in (("bea@acme.com", "bea", Role.OWNER), (ANA, ANAS_SUB, Role.MEMBER)):
        name = sub[:3].upper()
        made = invites(store, address, today=today, id=f"01KAS3Q4W0{name:0<16}", expires_on=today, role=role)
        joins(store, made, sub, today)
    operator.does("invite", "create", "cai@acme.com", "--tenant", "acme")


def test_a_tenant_is_not_closed_before_somebody_is_sure(operator: Operator, store: App) -> None:
    refused = operator.is_refused("tenant", "close", "acme")

    assert refused == (
        1,
        [
            "Closing acme removes 2 members and revokes 1 open invitation.",
            "error: This cannot be undone, and was not done [not_confirmed]",
            NotConfirmed.advice,
        ],
    )
    assert store.tenants.get("acme").status is TenantStatus.ACTIVE
    assert len(list(store.members.of_tenant("acme"))) == 2


def test_a_closed_tenant_keeps_its_name_and_nothing_else(operator: Operator, store: App) -> None:
    printed = operator.does("tenant", "close", "acme", "--yes")

    seats = store.tenants.seats("acme")
    assert printed == "Tenant acme is closed: 2 members removed, 1 open invitation revoked\n"
    assert (store.tenants.get("acme").name, store.tenants.get("acme").status) == ("acme", TenantStatus.CLOSED)
    assert list(store.members.of_tenant("acme")) == []
    assert (seats.held, seats.owners) == (0, 0)
    assert store.members.of_user(ANAS_SUB).default_tenant_id is None
    assert "status         closed\n" in operator.does("tenant", "show", "acme")


def test_a_closing_reads_as_json_and_so_does_one_that_had_nothing_left_to_do(operator: Operator) -> None:
    [first] = operator.reads("tenant", "close", "acme", "--yes")
    [again] = operator.reads("tenant", "close", "acme", "--yes")

    closed = {"tenant": "acme", "status": "closed"}
    assert first == closed | {"members_removed": 2, "invitations_revoked": 1}
    assert again == closed | {"members_removed": 0, "invitations_revoked": 0}


def test_a_closing_is_recorded_once_and_so_is_each_who_goes_by_it(operator: Operator) -> None:
    operator.does("tenant", "close", "acme", "--yes")
    operator.does("tenant", "close", "acme", "--yes")

    told = [one for one in operator.reads("audit", "tail") if one["source"] == "cli:tenant close"]

    assert sorted((one["action"], one["outcome"], one["target_id"]) for one in told) == [
        ("invitation:revoke", "allow", "c***@acme.com"),
        ("member:remove", "allow", ANAS_SUB),
        ("member:remove", "allow", "bea"),
        ("tenant:close", "allow", "acme"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "resume", "acme"),
        ("tenant", "suspend", "acme"),
        ("invite", "create", "dee@acme.com", "--tenant", "acme"),
    ],
    ids=" ".join,
)
def test_a_closed_tenant_is_not_opened_again_nor_joined(operator: Operator, words: tuple[str, ...]) -> None:
    operator.does("tenant", "close", "acme", "--yes")

    assert operator.is_refused(*words) == (1, ["error: This tenant is closed [tenant_closed]", TenantClosed.advice])


def test_the_id_of_a_closed_tenant_stays_taken(operator: Operator) -> None:
    operator.does("tenant", "close", "acme", "--yes")

    _, told = operator.is_refused("tenant", "create", "acme")

    assert told[0] == "error: A tenant with this id already exists [tenant_exists]"


def test_a_tenant_that_there_is_not_is_not_closed(operator: Operator) -> None:
    _, told = operator.is_refused("tenant", "close", "globex", "--yes")

    assert told[0] == "error: There is no tenant with this id [tenant_not_found]"


def test_seats_that_nobody_can_be_found_for_are_told(operator: Operator, store: App, aws: Aws) -> None:
    today = store.clock().date()
    made = invites(store, "dee@acme.com", today=today, id="01KAS3Q4W0DEE0000000000000", expires_on=today)
    row = to_wire(keys.invitation_key(made.address, "acme"))
    aws.call("dynamodb", "DeleteItem", {"TableName": store.settings.table_name, "Key": row})

    result = operator.types("tenant", "close", "acme", "--yes")

    assert (result.exit_code, result.stderr) == (0, "warning: 1 seat still held: run this again in a moment\n")


def test_a_bar_is_drawn_at_a_terminal_and_nowhere_else() -> None:
    terminal, pipe = io.StringIO(), io.StringIO()

    for drawn_on, is_terminal in ((terminal, True), (pipe, False)):
        console = Console(file=drawn_on, force_terminal=is_terminal, width=80)
        with progress("Closing acme", 3, console) as one_more:
            one_more()

    assert "Closing acme" in terminal.getvalue()
    assert "1/3" in terminal.getvalue()
    assert pipe.getvalue() == ""
