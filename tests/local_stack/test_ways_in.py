"""Ways in that the demo does not walk: the mailed secret, an admin-created user, calls that Cognito repeats."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from gatehouse.domain.membership import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.wiring import OperatorDesk
from gatehouse.services.invitations import InvitationOrder, Issued, create_invitation, revoke_invitation
from gatehouse.services.tenants import create_tenant, set_tenant_status
from local.demo.people import PASSWORD, Person
from local.stack import Stack
from tests.support.builders import an_occasion

pytestmark = pytest.mark.local_stack


def make_tenant(desk: OperatorDesk, tenant_id: str, seats: int | None = None) -> None:
    create_tenant(
        tenant_id,
        tenant_id,
        seats,
        an_occasion(at=desk.app.clock()),
        tenants=desk.app.tenants,
        recorder=desk.app.recorder,
    )


def invite(desk: OperatorDesk, address: str, tenant_id: str) -> Issued:
    return create_invitation(
        InvitationOrder(address=address, tenant_id=tenant_id, role=Role.MEMBER, days=7),
        an_occasion(at=desk.app.clock()),
        invitations=desk.app.invitations,
        profiles=desk.profiles,
        recorder=desk.app.recorder,
        new_id=desk.app.new_id,
        new_secret=desk.app.new_secret,
    )


def members_of(desk: OperatorDesk, tenant_id: str) -> list[str]:
    return [member.address for member in desk.app.members.of_tenant(tenant_id)]


def test_the_mailed_secret_confirms_and_joins_at_once(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "mailed")
    person = Person(stack, "mia@mailed.com")
    token = invite(desk, person.address, "mailed").mailed_token

    refused = person.sign_up(token)
    person.sign_in()

    assert refused is None
    assert members_of(desk, "mailed") == [person.address]
    assert person.claims("id")["email_verified"] is True
    assert person.claims("access")["tenant_id"] == "mailed"


def test_an_admin_created_user_joins_at_the_first_token(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "hired")
    pool = stack.outputs["UserPoolId"]
    person = Person(stack, "hal@hired.com")
    token = invite(desk, person.address, "hired").shown_token
    cognito = stack.client("cognito-idp")

    cognito.admin_create_user(
        UserPoolId=pool,
        Username=person.address,
        UserAttributes=[{"Name": "email", "Value": person.address}, {"Name": "email_verified", "Value": "true"}],
        MessageAction="SUPPRESS",
        ClientMetadata={"invitation": token},
    )
    assert members_of(desk, "hired") == []
    cognito.admin_set_user_password(UserPoolId=pool, Username=person.address, Password=PASSWORD, Permanent=True)
    person.sign_in()

    assert members_of(desk, "hired") == [person.address]
    assert person.claims("id")["tenant_id"] == "hired"


def test_an_admin_created_user_needs_a_ground_too(stack: Stack) -> None:
    cognito = stack.client("cognito-idp")

    with pytest.raises(cognito.exceptions.UserLambdaValidationException, match=r"\[not_invited\]\.$"):
        cognito.admin_create_user(UserPoolId=stack.outputs["UserPoolId"], Username="nobody@hired.com")


@pytest.mark.invariant(2)
def test_a_squatters_unconfirmed_profile_gives_way_when_the_invitation_is_made_anew(
    stack: Stack, desk: OperatorDesk
) -> None:
    make_tenant(desk, "squat", seats=1)
    person = Person(stack, "ina@squat.com")
    squatter = person.sign_up(invite(desk, person.address, "squat").shown_token)
    revoke_invitation(
        person.address,
        "squat",
        an_occasion(at=desk.app.clock()),
        invitations=desk.app.invitations,
        recorder=desk.app.recorder,
    )

    token = invite(desk, person.address, "squat").shown_token
    invited = person.sign_up(token)
    confirmed = person.confirm(person.mailed_code())

    assert (squatter, invited, confirmed) == (None, None, None)
    assert members_of(desk, "squat") == [person.address]


@pytest.mark.invariant(2)
def test_an_abandoned_sign_up_is_taken_up_again_with_a_new_code(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "later")
    person = Person(stack, "lea@later.com")
    person.sign_up(invite(desk, person.address, "later").shown_token)
    old_code = person.mailed_code()
    stack.client("cognito-idp").resend_confirmation_code(
        ClientId=stack.outputs["UserPoolClientId"], Username=person.address
    )

    outdated = person.confirm(old_code)
    confirmed = person.confirm(person.mailed_code())

    assert outdated is not None
    assert outdated.error == "CodeMismatchException"
    assert confirmed is None
    assert members_of(desk, "later") == [person.address]


@pytest.fixture
def _repeated_calls(stack: Stack) -> Iterator[None]:
    set_repeated(stack, is_on=True)
    yield
    set_repeated(stack, is_on=False)


def set_repeated(stack: Stack, *, is_on: bool) -> None:
    request = urllib.request.Request(  # noqa: S310 - the local stack's own
        f"{stack.endpoint_url}/_gatehouse/settings", json.dumps({"repeat_triggers": is_on}).encode(), method="POST"
    )
    urllib.request.urlopen(request).close()  # noqa: S310 - as above


@pytest.mark.invariant(2)
@pytest.mark.usefixtures("_repeated_calls")
def test_calls_that_cognito_repeats_make_one_member_and_hold_one_seat(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "twice", seats=1)
    person = Person(stack, "tom@twice.com")

    refused = person.sign_up(invite(desk, person.address, "twice").shown_token)
    confirmed = person.confirm(person.mailed_code())
    person.sign_in()

    assert (refused, confirmed) == (None, None)
    assert members_of(desk, "twice") == [person.address]
    assert desk.app.tenants.seats("twice").held == 1
    assert person.claims("id")["tenant_id"] == "twice"
    today = desk.app.clock().date()
    told = [entry.reason for entry in desk.app.audit_log.newest("twice", today=today, days=1)]
    assert told.count("joined") == 1


@pytest.mark.invariant(5)
def test_a_sign_in_to_a_suspended_tenant_gets_no_tokens(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "closed")
    person = Person(stack, "cleo@closed.com")
    person.sign_up(invite(desk, person.address, "closed").mailed_token)
    occasion = an_occasion(at=desk.app.clock())
    set_tenant_status("closed", TenantStatus.SUSPENDED, occasion, tenants=desk.app.tenants, recorder=desk.app.recorder)

    with pytest.raises(ClientError, match=r"suspended \[tenant_suspended\]\.$"):
        person.sign_in()

    assert person.tokens == {}
