from collections.abc import Sequence

import pytest

from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator


def test_a_tenant_is_made_with_seats_and_a_name(operator: Operator, store: App) -> None:
    printed = operator.does("tenant", "create", "acme", "--name", "Acme Ltd", "--seats", "20")

    assert printed == "Tenant acme made, seats: 20\n"
    assert store.tenants.get("acme").name == "Acme Ltd"
    assert store.tenants.seats("acme").limit == 20


def test_a_tenant_without_seats_has_no_limit_and_one_without_a_name_is_called_by_its_id(
    operator: Operator, store: App
) -> None:
    printed = operator.does("tenant", "create", "acme")

    assert printed == "Tenant acme made, seats without a limit\n"
    assert store.tenants.get("acme").name == "acme"
    assert store.tenants.seats("acme").limit is None


def test_a_new_tenant_reads_as_json(operator: Operator, store: App) -> None:
    [made] = operator.reads("tenant", "create", "acme", "--seats", "20")

    created_at = store.tenants.get("acme").created_at
    assert made == {
        "tenant": "acme",
        "name": "acme",
        "status": "active",
        "created_at": f"{created_at:%Y-%m-%dT%H:%M:%SZ}",
        "ways": [],
        "provider_role": None,
        "codes": True,
        "domains": True,
        "token_permissions": True,
        "tenants_list": True,
        "locale": None,
        "seats": {"limit": 20, "held": 0, "owners": 0, "invitations": 0},
        "providers": [],
        "branding": {
            "display_name": None,
            "logo_url": None,
            "color": None,
            "support_address": None,
            "footer": None,
            "subject_prefix": None,
            "text_color": None,
        },
    }
    assert operator.reads("tenant", "show", "acme") == [made]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["Acme"],
            [
                "error: A tenant id is 1 to 63 lower-case letters, digits and inner hyphens [invalid_tenant_id]",
                "For example acme or north-sea-2",
            ],
        ),
        (
            ["acme/x"],
            [
                "error: A tenant id is 1 to 63 lower-case letters, digits and inner hyphens [invalid_tenant_id]",
                "For example acme or north-sea-2",
            ],
        ),
        (
            ["acme", "--name", ""],
            [
                "error: A tenant name is 1 to 100 printable characters on one line [invalid_tenant_name]",
                "For example --name 'Acme Ltd'",
            ],
        ),
        (
            ["acme", "--seats", "0"],
            [
                "error: A number of seats is a whole number from 1 to 1,000,000 [invalid_seats]",
                "Leave --seats out for a tenant without a limit",
            ],
        ),
    ],
)
def test_what_no_tenant_can_be_is_refused(operator: Operator, words: Sequence[str], told: Sequence[str]) -> None:
    refused = operator.is_refused("tenant", "create", *words)

    assert refused == (1, told)


def test_an_id_is_taken_once(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    refused = operator.is_refused("tenant", "create", "acme")

    assert refused == (
        1,
        ["error: A tenant with this id already exists [tenant_exists]", "See the tenants: gatehouse tenant list"],
    )


def test_a_tenant_is_shown_with_its_seats(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme", "--name", "Acme Ltd", "--seats", "20")
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme", "--role", "owner")

    shown = operator.does("tenant", "show", "acme")

    created_at = store.tenants.get("acme").created_at
    assert shown.splitlines() == [
        "tenant         acme",
        "name           Acme Ltd",
        "status         active",
        f"created        {created_at:%Y-%m-%d %H:%M:%S} UTC",
        "locale         -",
        "seats          1 held of 20 (1 open invitation)",
        "owners         0",
        "ways in        any",
        "provider role  none, an invitation is needed",
        "joined by      invitations, codes, domains",
        "token claims   tenant_id, tenant_role, tenant_permissions, tenants",
        "providers      none",
        "branding       none",
    ]


def test_a_tenant_is_shown_with_its_own_providers_and_looks(operator: Operator) -> None:
    for one in ("acme", "globex"):
        operator.does("tenant", "create", one)
        operator.does("provider", "set", f"Saml-{one}", "--tenant", one, "--domain", f"{one}.com", "--domain", "x.org")
    operator.does("tenant", "branding", "acme", "--color", "#ffd400", "--footer", "Acme Ltd")

    shown = operator.does("tenant", "show", "acme")
    [as_json] = operator.reads("tenant", "show", "acme")

    assert shown.splitlines()[-4:] == [
        "providers      Saml-acme for acme.com, x.org",
        "color          #FFD400",
        "footer         Acme Ltd",
        "text color     #000000",
    ]
    assert as_json["providers"] == ["Saml-acme"]
    assert (as_json["branding"]["color"], as_json["branding"]["logo_url"]) == ("#FFD400", None)


def test_a_tenant_without_a_limit_is_shown_as_such(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    shown = operator.does("tenant", "show", "acme")

    assert "seats          0 held, no limit\n" in shown


def test_a_tenant_shown_as_json_tells_what_its_seats_hold(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--seats", "20")
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    [shown] = operator.reads("tenant", "show", "acme")

    assert shown["seats"] == {"limit": 20, "held": 1, "owners": 0, "invitations": 1}


def test_tenants_are_listed_oldest_first(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "globex", "--name", "Globex [bold]Corporation")
    operator.does("tenant", "create", "acme")
    operator.does("tenant", "suspend", "acme")

    lines = operator.does("tenant", "list").splitlines()

    first, second = (f"{store.tenants.get(one).created_at:%Y-%m-%d %H:%M:%S}" for one in ("globex", "acme"))
    assert lines == [
        "TENANT  NAME                      STATUS     CREATED (UTC)",
        f"globex  Globex [bold]Corporation  active     {first}",
        f"acme    acme                      suspended  {second}",
    ]


def test_tenants_are_listed_as_one_json_object_a_line(operator: Operator) -> None:
    operator.does("tenant", "create", "globex", "--name", "Globex")
    operator.does("tenant", "create", "acme")

    listed = operator.reads("tenant", "list")

    assert [(one["tenant"], one["name"], one["status"]) for one in listed] == [
        ("globex", "Globex", "active"),
        ("acme", "acme", "active"),
    ]
    assert set(listed[0]) == {"tenant", "name", "status", "created_at"}


def test_a_stack_without_tenants_lists_none_and_says_so_on_stderr_only(operator: Operator) -> None:
    result = operator.types("tenant", "list")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There are no tenants yet: gatehouse tenant create\n"


def test_a_tenant_is_suspended_and_resumed(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")

    suspended = operator.does("tenant", "suspend", "acme")
    after_suspend = store.tenants.get("acme").status
    resumed = operator.does("tenant", "resume", "acme")
    after_resume = store.tenants.get("acme").status

    assert (suspended, after_suspend) == ("Tenant acme is suspended now\n", TenantStatus.SUSPENDED)
    assert (resumed, after_resume) == ("Tenant acme is active now\n", TenantStatus.ACTIVE)


@pytest.mark.parametrize(("verb", "status"), [("suspend", "suspended"), ("resume", "active")])
def test_suspending_or_resuming_twice_is_done_and_says_that_it_was(operator: Operator, verb: str, status: str) -> None:
    operator.does("tenant", "create", "acme")
    operator.types("tenant", verb, "acme")

    again = operator.does("tenant", verb, "acme")
    [as_json] = operator.reads("tenant", verb, "acme")

    assert again == f"Tenant acme was already {status}\n"
    assert as_json == {"tenant": "acme", "status": status, "changed": False}


@pytest.mark.parametrize("verb", ["show", "suspend", "resume"])
def test_a_tenant_that_there_is_not_is_refused(operator: Operator, verb: str) -> None:
    refused = operator.is_refused("tenant", verb, "acme")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
