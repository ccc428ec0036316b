"""`gatehouse invite`: what is shown of an invitation, what it carries beside its role, and new links for old ones."""

from datetime import timedelta

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import Invitation, InvitationStatus, last_day
from gatehouse.refusals.common import InvalidLocale, InvalidNote
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.table import update
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.cli.test_invite import invited_ten_days_ago
from tests.support import stage
from tests.support.builders import an_admission, an_invitation
from tests.support.histories import fresh_entry

ANA = ("ana@acme.com", "--tenant", "acme")
FIELDS = {
    "tenant", "address", "id", "role", "status", "expires_at", "invited_at", "invited_by", "sub", "locale", "note",
    "resent", "resent_at", "replacement_expires_at", "delivery", "delivery_medium", "delivery_at", "delivery_id",
    "delivery_problem",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--seats", "2")


def expired(store: App) -> None:
    """Invite Ana ten days ago, to a tenant that was there by then."""
    ten_days_ago = (store.clock() - timedelta(days=10)).date().isoformat()
    stage.core_table(store).write(update(keys.seats_key("acme"), "SET folded = :day", "", {":day": ten_days_ago}))
    invited_ten_days_ago(store, "ana@acme.com")


def ana(store: App) -> Invitation:
    return store.invitations.get(parse_address("ana@acme.com"), "acme")


def test_an_invitation_carries_a_locale_and_a_note(operator: Operator) -> None:
    operator.does("invite", "create", *ANA, "--locale", "pt-br", "--note", "Met at the fair")

    [shown] = operator.reads("invite", "show", *ANA)
    [listed] = operator.reads("invite", "list", "--tenant", "acme")

    assert (shown["locale"], shown["note"]) == ("pt-BR", "Met at the fair")
    assert shown == listed


def test_an_invitation_has_no_locale_and_no_note_unless_they_are_given(operator: Operator) -> None:
    operator.does("invite", "create", *ANA)

    [shown] = operator.reads("invite", "show", *ANA)

    assert (shown["locale"], shown["note"], shown["resent"], shown["resent_at"]) == (None, None, 0, None)


@pytest.mark.parametrize("locale", ["", "german", "de_DE", "de-DE-1996"])
def test_a_locale_that_is_none_is_refused(operator: Operator, store: App, locale: str) -> None:
    refused = operator.is_refused("invite", "create", *ANA, "--locale", locale)

    assert refused == (1, [f"error: {InvalidLocale.sentence} [invalid_locale]", InvalidLocale.advice])
    assert list(store.invitations.of_tenant("acme")) == []


@pytest.mark.parametrize("note", ["n" * 501, "one\ntwo"], ids=["too long", "two lines"])
def test_a_note_that_cannot_be_shown_is_refused(operator: Operator, store: App, note: str) -> None:
    refused = operator.is_refused("invite", "create", *ANA, "--note", note)

    assert refused == (1, [f"error: {InvalidNote.sentence} [invalid_note]", InvalidNote.advice])
    assert list(store.invitations.of_tenant("acme")) == []


def test_an_invitation_is_shown_whole_and_without_its_secrets(operator: Operator, store: App) -> None:
    [made] = operator.reads("invite", "create", *ANA, "--role", "admin", "--note", "Met at the fair")

    [shown] = operator.reads("invite", "show", "Ana@acme.com", "--tenant", "acme")
    printed = operator.does("invite", "show", *ANA)

    found = ana(store)
    assert shown.keys() == FIELDS
    assert (shown["id"], shown["role"], shown["status"]) == (found.id, "admin", "pending")
    assert shown["invited_by"] == "arn:aws:sts::123456789012:user/moto"
    assert [line.split()[0] for line in printed.splitlines()][:5] == ["tenant", "address", "id", "role", "status"]
    assert "note                    Met at the fair" in printed.splitlines()
    for secret in (made["token"], made["token"].partition(".")[2], found.shown_hash, found.mailed_hash):
        assert secret not in str(shown)
        assert secret not in printed


def test_an_invitation_is_shown_as_it_stands_today(operator: Operator, store: App) -> None:
    invited_ten_days_ago(store, "ana@acme.com")

    [shown] = operator.reads("invite", "show", *ANA)

    assert shown["status"] == "expired"


def test_an_accepted_invitation_is_shown_with_its_user(operator: Operator, store: App) -> None:
    operator.does("invite", "create", *ANA)
    stage.rewrite(store, an_invitation(status=InvitationStatus.ACCEPTED, sub="5215a4e4"))

    [shown] = operator.reads("invite", "show", *ANA)

    assert (shown["status"], shown["sub"]) == ("accepted", "5215a4e4")


@pytest.mark.parametrize("verb", ["show", "resend"])
def test_an_invitation_that_there_is_not_is_not_found(operator: Operator, verb: str) -> None:
    assert operator.is_refused("invite", verb, *ANA) == (
        1,
        [
            "error: This address has no invitation to the tenant [invitation_not_found]",
            "See the tenant's invitations: gatehouse invite list",
        ],
    )
    assert operator.is_refused("invite", verb, "ana@acme.com", "--tenant", "globex") == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )


def test_a_resent_invitation_prints_its_new_link(operator: Operator, store: App) -> None:
    [made] = operator.reads("invite", "create", *ANA, "--role", "admin")

    printed = operator.does("invite", "resend", *ANA)

    found = ana(store)
    expires_on = last_day(store.clock(), 7) + timedelta(days=1)
    first, role, expires, link, once = printed.splitlines()
    assert first == "ana@acme.com has a new invitation to acme"
    assert role == "role     admin"
    assert expires == f"expires  {expires_on} 00:00 UTC"
    assert link.startswith(f"link     https://app.example.com/sign-up#invitation={found.id}.")
    assert once == "Pass the link on now: it is shown this once and stored nowhere."
    assert made["token"].partition(".")[0] == found.id
    assert found.secret_kind(made["token"]) is None


def test_a_resent_invitation_as_json_has_the_keys_of_a_new_one(operator: Operator, store: App) -> None:
    [made] = operator.reads("invite", "create", *ANA, "--locale", "de", "--note", "Met at the fair")

    [resent] = operator.reads("invite", "resend", *ANA, "--expires", "14d")

    found = ana(store)
    assert resent.keys() == made.keys()
    assert resent["expires_at"] == f"{last_day(store.clock(), 14) + timedelta(days=1)}T00:00:00Z"
    assert resent["link"].endswith(f"#invitation={resent['token']}")
    assert found.secret_kind(resent["token"]) == "shown"
    assert (found.resent, found.locale, found.note) == (1, "de", "Met at the fair")


def test_how_often_an_invitation_was_resent_is_shown(operator: Operator) -> None:
    operator.does("invite", "create", *ANA)
    for _ in range(2):
        operator.does("invite", "resend", *ANA)

    [shown] = operator.reads("invite", "show", *ANA)

    assert shown["resent"] == 2
    assert shown["resent_at"] >= shown["invited_at"]


def test_an_expired_invitation_is_resent_and_takes_a_seat_again(operator: Operator, store: App) -> None:
    expired(store)

    operator.does("invite", "resend", *ANA)

    [shown] = operator.reads("invite", "show", *ANA)
    assert shown["status"] == "pending"
    assert store.tenants.seats("acme").held == 1


def test_an_expired_invitation_is_not_resent_without_a_seat(operator: Operator, store: App) -> None:
    expired(store)
    for name in ("ben", "cleo"):
        operator.does("invite", "create", f"{name}@acme.com", "--tenant", "acme")

    code, [error, _] = operator.is_refused("invite", "resend", *ANA)

    assert (code, error) == (1, "error: The tenant has no seat left [no_seat]")


@pytest.mark.parametrize("status", [InvitationStatus.ACCEPTED, InvitationStatus.REVOKED, InvitationStatus.REMOVED])
def test_a_closed_invitation_is_not_resent(operator: Operator, store: App, status: InvitationStatus) -> None:
    stage.rewrite(store, an_invitation(status=status))

    refused = operator.is_refused("invite", "resend", *ANA)

    assert refused == (
        1,
        [
            "error: This invitation is no longer pending [invitation_not_pending]",
            "See its status: gatehouse invite list",
        ],
    )


def test_a_resend_and_its_refusal_stand_in_the_audit_log_under_their_action(operator: Operator) -> None:
    operator.does("invite", "create", *ANA)
    operator.does("invite", "resend", *ANA)
    operator.does("invite", "revoke", *ANA)
    operator.is_refused("invite", "resend", *ANA)

    told = operator.reads("audit", "tail", "--tenant", "acme")

    resends = [entry for entry in told if entry["action"] == "invitation:resend"]
    assert sorted((entry["outcome"], entry["reason"]) for entry in resends) == [
        ("allow", "done"),
        ("deny", "invitation_not_pending"),
    ]
    assert {(entry["source"], entry["target_id"]) for entry in resends} == {("cli:invite resend", "a***@acme.com")}


def test_who_signed_up_by_the_old_link_and_is_not_confirmed_is_cleared_away(
    operator: Operator, edge: Edge, store: App
) -> None:
    operator.does("invite", "create", *ANA)
    store.addresses.admit(an_admission(invitation_id=ana(store).id, admitted_at=store.clock()), fresh_entry())
    edge.profiles["ana@acme.com"] = "UNCONFIRMED"

    operator.does("invite", "resend", *ANA)

    assert edge.profiles == {}
    assert not store.addresses.page(parse_address("ana@acme.com")).admissions


def test_a_confirmed_profile_is_never_cleared_away(operator: Operator, edge: Edge) -> None:
    operator.does("invite", "create", *ANA)
    edge.profiles["ana@acme.com"] = "CONFIRMED"

    operator.does("invite", "resend", *ANA)

    assert edge.profiles == {"ana@acme.com": "CONFIRMED"}


def test_a_resent_invitation_whose_way_may_not_be_clear_stands_and_warns(operator: Operator, edge: Edge) -> None:
    operator.does("invite", "create", *ANA)
    edge.failing["AdminGetUser"] = ("AccessDeniedException", "no")

    result = operator.types("invite", "resend", *ANA)

    assert result.exit_code == 0
    assert "#invitation=" in result.stdout
    assert result.stderr.startswith("warning: the invitation stands, but the user pool could not be asked")


@pytest.mark.parametrize("expires", ["0d", "31d"])
def test_a_resend_is_for_as_many_days_as_an_invitation(operator: Operator, expires: str) -> None:
    operator.does("invite", "create", *ANA)

    code, [error, _] = operator.is_refused("invite", "resend", *ANA, "--expires", expires)

    assert (code, error) == (1, "error: An invitation lasts from 1 to 30 days [invalid_expiry]")
