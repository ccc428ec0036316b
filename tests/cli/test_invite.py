from datetime import timedelta

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.invitation import InvitationStatus, last_day
from gatehouse.domain.role import Role
from gatehouse.errors import AddressNotSupported
from gatehouse.refusals.common import NoSeat
from gatehouse.runtime.wiring import App
from gatehouse.services.invitations import InvitationOrder, create_invitation
from tests.cli.conftest import STACK
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import an_occasion
from tests.support.stores import SETTINGS


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--seats", "2")


class NoProfiles:
    def delete_unconfirmed(self, _address: object) -> bool:
        return False


def test_a_pool_for_one_kind_of_address_takes_no_other(operator: Operator, edge: Edge) -> None:
    edge.stacks[STACK]["SignInBy"] = "phone"

    refused = operator.is_refused("invite", "create", "ana@acme.com", "--tenant", "acme")
    operator.does("invite", "create", "+4915112345678", "--tenant", "acme")
    edge.stacks[STACK]["SignInBy"] = "email"

    assert refused[1][0] == (
        "error: People do not sign in to this user pool by an address of this kind [wrong_address_kind]"
    )
    assert operator.is_refused("invite", "create", "+4915187654321", "--tenant", "acme")[0] == 1


def invited_ten_days_ago(store: App, address: str) -> None:
    create_invitation(
        InvitationOrder(address=address, tenant_id="acme", role=Role.MEMBER, days=7),
        an_occasion(at=store.clock() - timedelta(days=10)),
        invitations=store.invitations,
        profiles=NoProfiles(),
        recorder=store.recorder,
        new_id=store.new_id,
        new_secret=store.new_secret,
    )


def test_an_invitation_prints_its_link_role_and_expiry(operator: Operator, store: App) -> None:
    printed = operator.does("invite", "create", "Ana@Acme.com", "--tenant", "acme", "--role", "admin")

    [invitation] = store.invitations.of_tenant("acme")
    expires_on = last_day(store.clock(), 7) + timedelta(days=1)
    first, role, expires, link, once = printed.splitlines()
    assert first == "ana@acme.com is invited to acme"
    assert role == "role     admin"
    assert expires == f"expires  {expires_on} 00:00 UTC"
    assert link.startswith(f"link     https://app.example.com/sign-up#invitation={invitation.id}.")
    assert once == "Pass the link on now: it is shown this once and stored nowhere."


def test_an_invitation_as_json_carries_the_shown_token(operator: Operator, store: App) -> None:
    [made] = operator.reads("invite", "create", "ana@acme.com", "--tenant", "acme", "--expires", "14d")

    [invitation] = store.invitations.of_tenant("acme")
    expires_on = last_day(store.clock(), 14) + timedelta(days=1)
    assert made == {
        "tenant": "acme",
        "address": "ana@acme.com",
        "role": "member",
        "expires_at": f"{expires_on}T00:00:00Z",
        "link": f"https://app.example.com/sign-up#invitation={made['token']}",
        "token": made["token"],
        "delivery": None,
        "delivery_medium": None,
        "delivery_at": None,
        "delivery_id": None,
        "delivery_problem": None,
    }
    assert invitation.secret_kind(made["token"]) == "shown"


def test_an_invitation_is_made_by_whoever_the_credentials_belong_to(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    [listed] = operator.reads("invite", "list", "--tenant", "acme")
    [_, entry] = operator.reads("audit", "tail", "--tenant", "acme")

    assert listed["invited_by"] == "arn:aws:sts::123456789012:user/moto"
    assert entry["actor_id"] == "arn:aws:sts::123456789012:user/moto"
    assert entry["source"] == "cli:invite create"


def test_the_unconfirmed_profile_that_somebody_began_is_cleared_away(operator: Operator, edge: Edge) -> None:
    edge.profiles["ana@acme.com"] = "UNCONFIRMED"

    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    assert edge.profiles == {}


def test_an_invitation_whose_way_may_not_be_clear_stands_and_warns(operator: Operator, edge: Edge) -> None:
    edge.failing["AdminGetUser"] = ("AccessDeniedException", "no")

    result = operator.types("invite", "create", "ana@acme.com", "--tenant", "acme")

    assert result.exit_code == 0
    assert "#invitation=" in result.stdout
    assert result.stderr == (
        "warning: the invitation stands, but the user pool could not be asked whether an unconfirmed profile is in its"
        " way; if sign-up says that the user exists, resend the invitation\n"
    )


def test_an_address_is_invited_once(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    refused = operator.is_refused("invite", "create", "ANA@acme.com", "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: This address already has an open invitation to the tenant [already_invited]",
            "For a new link: gatehouse invite resend",
        ],
    )


def test_a_member_is_not_invited_again(operator: Operator, aws: Aws) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")
    _rewrite(aws, "ana@acme.com", InvitationStatus.ACCEPTED)

    refused = operator.is_refused("invite", "create", "ana@acme.com", "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: This address already belongs to a member of the tenant [already_member]",
            "See who is a member: gatehouse member list",
        ],
    )


def test_a_seat_too_many_is_refused(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")
    operator.does("invite", "create", "ben@acme.com", "--tenant", "acme")

    refused = operator.is_refused("invite", "create", "cy@acme.com", "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: The tenant has no seat left [no_seat]",
            NoSeat.advice,
        ],
    )


@pytest.mark.parametrize("expires", ["0d", "31d", "999999d"])
def test_an_expiry_that_no_invitation_has_is_refused(operator: Operator, expires: str) -> None:
    refused = operator.is_refused("invite", "create", "ana@acme.com", "--tenant", "acme", "--expires", expires)

    assert refused == (
        1,
        ["error: An invitation lasts from 1 to 30 days [invalid_expiry]", "Give whole days, such as --expires 14d"],
    )


@pytest.mark.parametrize("address", ["ana", "ana@acme", "ana @acme.com", "änna@acme.com", "+49 151", "a@b.c" * 60])
def test_an_address_that_is_not_supported_is_refused_with_advice_for_an_operator(
    operator: Operator, address: str
) -> None:
    refused = operator.is_refused("invite", "create", address, "--tenant", "acme")

    assert refused == (
        1,
        [
            f"error: {AddressNotSupported.sentence} [address_not_supported]",
            "Write it in plain ASCII, such as ana@acme.com, with an international domain in its xn-- form",
        ],
    )


@pytest.mark.parametrize(
    "words",
    [*((verb, "ana@acme.com") for verb in ("create", "show", "resend", "revoke")), ("list",)],
    ids=lambda words: words[0],
)
def test_a_tenant_is_named_by_an_id(operator: Operator, words: tuple[str, ...]) -> None:
    refused = operator.is_refused("invite", *words, "--tenant", "a/b")

    assert refused == (
        1,
        [
            "error: A tenant id is 1 to 63 lower-case letters, digits and inner hyphens [invalid_tenant_id]",
            "For example acme or north-sea-2",
        ],
    )


@pytest.mark.parametrize("words", [("create", "ana@acme.com"), ("list",)], ids=lambda words: words[0])
def test_a_tenant_that_there_is_not_has_no_invitations(operator: Operator, words: tuple[str, ...]) -> None:
    refused = operator.is_refused("invite", *words, "--tenant", "globex")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )


def test_invitations_are_listed_in_a_table(operator: Operator, store: App) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme", "--role", "owner")

    header, row = operator.does("invite", "list", "--tenant", "acme").splitlines()

    expires_on = last_day(store.clock(), 7) + timedelta(days=1)
    assert header == "ADDRESS       ROLE   STATUS   EXPIRES (UTC)        DELIVERY  INVITED BY"
    assert row == f"ana@acme.com  owner  pending  {expires_on} 00:00:00  -         arn:aws:sts::123456789012:user/moto"


def test_invitations_are_listed_as_they_stand_today(operator: Operator, store: App) -> None:
    invited_ten_days_ago(store, "old@acme.com")
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    listed = operator.reads("invite", "list", "--tenant", "acme")
    pending = operator.reads("invite", "list", "--tenant", "acme", "--status", "pending")
    expired = operator.reads("invite", "list", "--tenant", "acme", "--status", "expired")

    assert [(one["address"], one["status"]) for one in listed] == [
        ("old@acme.com", "expired"),
        ("ana@acme.com", "pending"),
    ]
    assert pending == listed[1:]
    assert expired == listed[:1]


def test_a_listed_invitation_has_these_keys(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    [listed] = operator.reads("invite", "list", "--tenant", "acme")

    expected = ["tenant", "address", "id", "role", "status", "expires_at", "invited_at", "invited_by", "sub"]
    expected += ["locale", "note", "resent", "resent_at", "replacement_expires_at"]
    assert list(listed) == [
        *expected, "delivery", "delivery_medium", "delivery_at", "delivery_id", "delivery_problem"
    ]  # fmt: skip


def test_a_list_of_no_invitations_says_which(operator: Operator) -> None:
    result = operator.types("invite", "list", "--tenant", "acme", "--status", "revoked")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Tenant acme has no revoked invitations\n"


def test_a_revoked_invitation_frees_its_seat(operator: Operator, store: App) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    printed = operator.does("invite", "revoke", "ana@acme.com", "--tenant", "acme")

    assert printed == "The invitation of ana@acme.com to acme is revoked\n"
    assert store.tenants.seats("acme").held == 0


def test_a_revocation_reads_as_json(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    revoked = operator.reads("invite", "revoke", "Ana@acme.com", "--tenant", "acme")

    assert revoked == [{"tenant": "acme", "address": "ana@acme.com", "status": "revoked"}]


def test_an_invitation_that_there_is_not_cannot_be_revoked(operator: Operator) -> None:
    refused = operator.is_refused("invite", "revoke", "ana@acme.com", "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: This address has no invitation to the tenant [invitation_not_found]",
            "See the tenant's invitations: gatehouse invite list",
        ],
    )


def test_an_invitation_is_revoked_once(operator: Operator) -> None:
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")
    operator.does("invite", "revoke", "ana@acme.com", "--tenant", "acme")

    refused = operator.is_refused("invite", "revoke", "ana@acme.com", "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: This invitation is no longer pending [invitation_not_pending]",
            "See its status: gatehouse invite list",
        ],
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "ana@acme.com"), "Missing option '--tenant'"),
        (("create", "--tenant", "acme"), "Missing argument 'ADDRESS'"),
        (("create", "a@b.de", "--tenant", "acme", "--role", "king"), "'king' is not one of 'owner'"),
        (("create", "a@b.de", "--tenant", "acme", "--expires", "14"), "'14' is not a number of days such as 14d."),
        (("create", "a@b.de", "--tenant", "acme", "--expires", "²d"), "'²d' is not a number of days such as 14d."),
        (("list", "--tenant", "acme", "--status", "open"), "'open' is not one of 'pending'"),
        (("resend", "a@b.de", "--tenant", "acme", "--expires", "14"), "'14' is not a number of days such as 14d."),
        (("renew",), "No such command 'renew'"),
    ],
)
def test_wrong_use_ends_with_2_and_a_hint(operator: Operator, words: tuple[str, ...], told: str) -> None:
    result = operator.types("invite", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: gatehouse invite ")
    assert told in result.stderr


def _rewrite(aws: Aws, address: str, status: InvitationStatus) -> None:
    aws.call(
        "dynamodb",
        "UpdateItem",
        {
            "TableName": SETTINGS.table_name,
            "Key": {"PK": {"S": f"ADDRESS#{address}"}, "SK": {"S": "INVITATION#acme"}},
            "UpdateExpression": "SET invitation_status = :status",
            "ExpressionAttributeValues": {":status": {"S": status.value}},
        },
    )
