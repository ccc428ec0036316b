"""`gatehouse tenant set` and `gatehouse tenant branding`."""

import pytest

from gatehouse.domain.branding import Branding
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import InvalidLocale, InvalidSeats, InvalidTenantName, TenantClosed, TenantNotFound
from gatehouse.refusals.tenants import InvalidColor, InvalidLogoUrl, InvalidMessageText, InvalidSupportAddress
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator

ACME = ("tenant", "set", "acme")
LOOKS = ("tenant", "branding", "acme")


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--seats", "5")


def recorded(operator: Operator) -> list[str]:
    return sorted(one["action"] for one in operator.reads("audit", "tail") if one["action"] != "tenant:create")


def test_a_tenants_name_language_and_seats_are_set(operator: Operator, store: App) -> None:
    printed = operator.does(*ACME, "--name", "Acme Ltd", "--locale", "de", "--seats", "50")

    tenant = store.tenants.get("acme")
    assert printed.splitlines() == ["Tenant acme is set", "name    Acme Ltd", "locale  de", "seats   0 held of 50"]
    assert (tenant.name, tenant.locale, store.tenants.seats("acme").limit) == ("Acme Ltd", "de", 50)
    assert recorded(operator) == ["tenant:set", "tenant:set_seats"]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (("--name", "Acme Ltd"), ("Acme Ltd", "de", 50)),
        (("--locale", "pt-BR"), ("Acme", "pt-BR", 50)),
        (("--no-locale",), ("Acme", None, 50)),
        (("--seats", "1"), ("Acme", "de", 1)),
        (("--no-seat-limit",), ("Acme", "de", None)),
    ],
    ids=str,
)
def test_what_is_not_named_stays_as_it_is(
    operator: Operator, store: App, option: tuple[str, ...], expected: tuple[str, str | None, int | None]
) -> None:
    operator.does(*ACME, "--name", "Acme", "--locale", "de", "--seats", "50")

    [first] = operator.reads(*ACME, *option)
    [again] = operator.reads(*ACME, *option)

    tenant = store.tenants.get("acme")
    assert (tenant.name, tenant.locale, store.tenants.seats("acme").limit) == expected
    assert (first["changed"], again["changed"]) == (True, False)
    assert (first["name"], first["locale"], first["seats"]["limit"]) == expected
    assert len(recorded(operator)) == 3


def test_what_was_so_already_says_so_and_records_nothing(operator: Operator) -> None:
    printed = operator.does(*ACME, "--seats", "5", "--name", "acme", "--no-locale")

    assert printed.startswith("Tenant acme was so already\n")
    assert recorded(operator) == []


def test_a_limit_below_what_is_held_is_set_and_told(operator: Operator, store: App) -> None:
    for name in ("ana", "bea"):
        operator.does("invite", "create", f"{name}@acme.com", "--tenant", "acme")

    result = operator.types(*ACME, "--seats", "1")
    refused = operator.is_refused("invite", "create", "cai@acme.com", "--tenant", "acme")

    assert (result.exit_code, result.stderr) == (
        0,
        "warning: 2 seats held, more than the limit: all stay, and nobody new is invited or joins\n",
    )
    assert "seats   2 held of 1 (2 open invitations)" in result.stdout.splitlines()
    assert refused[1][0] == "error: The tenant has no seat left [no_seat]"
    assert store.tenants.seats("acme").held == 2


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--name", ""], InvalidTenantName),
        (["--name", "a\u202eb"], InvalidTenantName),
        (["--locale", "German"], InvalidLocale),
        (["--seats", "0"], InvalidSeats),
        (["--name", "Acme Ltd", "--seats", "-1"], InvalidSeats),
    ],
    ids=str,
)
def test_what_no_tenant_can_be_is_refused_and_changes_nothing(
    operator: Operator, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused(*ACME, *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])
    assert recorded(operator) == []


def test_a_branding_is_set_part_by_part_and_cleared_so(operator: Operator, store: App) -> None:
    first = operator.does(
        *LOOKS, "--color", "#0b5fff", "--footer", "Acme Ltd", "--support-address", "Help@Acme.com"
    ).splitlines()
    second = operator.does(
        *LOOKS, "--logo-url", "https://acme.com/l.png", "--clear", "footer", "--clear", "subject-prefix"
    )
    [as_json] = operator.reads(*LOOKS, "--display-name", "Acme 海", "--subject-prefix", "[Acme]")

    assert first == [
        "The branding of acme is set",
        "color            #0B5FFF",
        "support address  help@acme.com",
        "footer           Acme Ltd",
        "text color       #FFFFFF",
    ]
    assert "footer" not in second
    assert store.tenant_settings.branding("acme") == Branding(
        display_name="Acme 海",
        logo_url="https://acme.com/l.png",
        color="#0B5FFF",
        support_address="help@acme.com",
        subject_prefix="[Acme]",
    )
    assert (as_json["tenant"], as_json["display_name"], as_json["footer"], as_json["changed"]) == (
        "acme",
        "Acme 海",
        None,
        True,
    )
    assert recorded(operator) == ["tenant:set_branding"] * 3


def test_a_branding_that_was_so_already_says_so_and_records_nothing(operator: Operator) -> None:
    printed = operator.does(*LOOKS, "--clear", "color")

    assert printed.splitlines() == ["The branding of acme was so already", "branding  none"]
    assert recorded(operator) == []


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--color", "blue"], InvalidColor),
        (["--logo-url", "http://acme.com/logo.png"], InvalidLogoUrl),
        (["--support-address", "help"], InvalidSupportAddress),
        (["--subject-prefix", "x" * 41], InvalidMessageText),
        (["--color", "#FFFFFF", "--footer", "a\nb"], InvalidMessageText),
        (["--display-name", ""], InvalidMessageText),
    ],
    ids=str,
)
def test_what_no_message_could_wear_is_refused(
    operator: Operator, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused(*LOOKS, *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])
    assert recorded(operator) == []


CHANGES = [
    ("set", "--name", "Another"),
    ("set", "--seats", "7"),
    ("branding", "--color", "#FFFFFF"),
    ("policy", "--no-codes"),
]


@pytest.mark.parametrize(("verb", "option", "value"), [(*one, None)[:3] for one in CHANGES])
def test_nothing_is_set_of_a_tenant_that_is_closed_or_not_there(
    operator: Operator, verb: str, option: str, value: str | None
) -> None:
    operator.does("tenant", "close", "acme", "--yes")
    words = [option] if value is None else [option, value]

    closed = operator.is_refused("tenant", verb, "acme", *words)
    absent = operator.is_refused("tenant", verb, "globex", *words)

    assert closed == (1, ["error: This tenant is closed [tenant_closed]", TenantClosed.advice])
    assert absent == (1, ["error: There is no tenant with this id [tenant_not_found]", TenantNotFound.advice])


@pytest.mark.parametrize(
    ("verb", "options", "told"),
    [
        ("set", [], "Error: Say what to set: --name, --locale or --no-locale, --seats or --no-seat-limit."),
        ("set", ["--locale", "de", "--no-locale"], "Error: --locale and --no-locale exclude each other."),
        ("set", ["--seats", "5", "--no-seat-limit"], "Error: --seats and --no-seat-limit exclude each other."),
        ("branding", [], "Error: Say what to set or to --clear."),
        (
            "branding",
            ["--logo-url", "https://acme.com/", "--clear", "logo-url"],
            "Error: --logo-url and --clear of the same exclude each other.",
        ),
    ],
    ids=str,
)
def test_wrong_use_ends_with_2_and_a_hint(operator: Operator, verb: str, options: list[str], told: str) -> None:
    result = operator.types("tenant", verb, "acme", *options)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Usage: gatehouse tenant {verb} ")
    assert result.stderr.splitlines()[-1] == told
