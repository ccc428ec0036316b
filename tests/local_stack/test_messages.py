"""What users read in their mailboxes: the tenant's words and look, from every call of Cognito's that sends a message.

Attributes cannot be verified on the local stack, nor a second factor texted: those three come as events, through the
built function under the real runtime.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.branding import Branding
from gatehouse.runtime.desk import OperatorDesk
from gatehouse.services.tenants import set_branding
from local.demo.people import PASSWORD, Person
from local.runtime import Runtime, read_only_copy, running
from local.stack import BUILD, Stack
from tests.local_stack.desk_work import gatehouse, invite, joined, make_tenant
from tests.local_stack.reconfigured import reconfigured
from tests.support.builders import an_event, an_occasion

pytestmark = pytest.mark.local_stack

TENANT = "zahra"
NAME = "Zahra & Söhne"
FOOTER = "Zahra & Söhne, Hauptstraße 1, Berlin"
SHOWN_NAME, SHOWN_FOOTER = "Zahra &amp; Söhne", "Zahra &amp; Söhne, Hauptstraße 1, Berlin"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the recorder has it."""

    subject: str
    html: str


def mails_to(stack: Stack, address: str) -> list[Mail]:
    """Return the mails to an address, the oldest first."""
    with urllib.request.urlopen(f"{stack.endpoint_url}/_ministack/ses/messages") as answer:  # noqa: S310 - ours
        boxes: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
    mine = [mail for box in boxes.values() for mail in box if mail["To"] == [address]]
    in_order = sorted(mine, key=lambda mail: mail["Timestamp"])
    return [Mail(mail["Subject"], mail["BodyHtml"] or mail["BodyText"]) for mail in in_order]


@pytest.fixture(scope="module", autouse=True)
def branded(stack: Stack, desk: OperatorDesk) -> None:
    """Make the tenant, and give it a look."""
    assert stack.outputs["MailFrom"] == "door@gatehouse.example"
    make_tenant(desk, TENANT)
    worn = Branding(display_name=NAME, color="#7A1F5C", footer=FOOTER, subject_prefix="[Zahra]")
    occasion = an_occasion(at=desk.app.clock())
    set_branding(TENANT, Branding(), worn, occasion, settings=desk.app.tenant_settings, recorder=desk.app.recorder)


def assert_branded(mail: Mail, locale: str) -> None:
    assert mail.subject.startswith("[Zahra] ")
    assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in mail.html
    assert SHOWN_NAME in mail.html
    assert SHOWN_FOOTER in mail.html
    assert re.search(r"\b\d{6}\b", re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", mail.html))


def test_sign_up_and_resend_are_mailed_in_the_look_of_the_tenant_that_invited_and_from_right_to_left(
    stack: Stack, desk: OperatorDesk
) -> None:
    address, cognito, web = "amal@zahra.com", stack.client("cognito-idp"), stack.outputs["UserPoolClientId"]
    cognito.sign_up(
        ClientId=web,
        Username=address,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": address}, {"Name": "locale", "Value": "ar-EG"}],
        ClientMetadata={"invitation": invite(desk, address, TENANT).shown_token},
    )
    cognito.resend_confirmation_code(ClientId=web, Username=address)

    signed_up, resent = mails_to(stack, address)

    assert_branded(signed_up, "ar")
    assert_branded(resent, "ar")
    assert signed_up.subject != resent.subject
    confirmed = Person(stack, address).confirm(Person(stack, address).mailed_code())
    assert confirmed is None


def test_a_reset_code_is_mailed_in_the_look_of_the_users_default_tenant(stack: Stack, desk: OperatorDesk) -> None:
    person = joined(stack, desk, "rosa@zahra.com", TENANT)
    cognito, web = stack.client("cognito-idp"), stack.outputs["UserPoolClientId"]

    cognito.forgot_password(ClientId=web, Username=person.address)

    (mail,) = mails_to(stack, person.address)
    assert_branded(mail, "en")
    cognito.confirm_forgot_password(
        ClientId=web, Username=person.address, Password=PASSWORD, ConfirmationCode=person.mailed_code()
    )


def test_a_temporary_password_is_mailed_with_the_user_name(stack: Stack, desk: OperatorDesk) -> None:
    address = "nils@zahra.com"
    stack.client("cognito-idp").admin_create_user(
        UserPoolId=stack.outputs["UserPoolId"],
        Username=address,
        UserAttributes=[
            {"Name": "email", "Value": address},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "locale", "Value": "de"},
        ],
        DesiredDeliveryMediums=["EMAIL"],
        TemporaryPassword=PASSWORD,
        ClientMetadata={"invitation": invite(desk, address, TENANT).shown_token},
    )

    (mail,) = mails_to(stack, address)

    assert mail.subject.startswith("[Zahra] ")
    assert '<html lang="de"' in mail.html
    for shown in (SHOWN_NAME, SHOWN_FOOTER, PASSWORD):
        assert shown in mail.html
    assert "{####}" not in mail.html
    assert "{username}" not in mail.html


def test_the_language_of_the_tenant_is_that_of_users_who_have_none(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "kaze")
    gatehouse(stack, "tenant", "set", "kaze", "--locale", "ja")
    person = joined(stack, desk, "kana@kaze.com", "kaze")

    stack.client("cognito-idp").forgot_password(ClientId=stack.outputs["UserPoolClientId"], Username=person.address)

    (mail,) = mails_to(stack, person.address)
    assert '<html lang="ja" dir="ltr"' in mail.html
    assert "kaze" in mail.subject


def test_a_mail_has_cognitos_own_words_if_the_pool_does_not_send_by_ses(stack: Stack, desk: OperatorDesk) -> None:
    person = joined(stack, desk, "otto@zahra.com", TENANT)

    with reconfigured(stack, "CustomMessageFunctionArn", GATEHOUSE_POOL_SENDS_BY_SES="false"):
        stack.client("cognito-idp").forgot_password(ClientId=stack.outputs["UserPoolClientId"], Username=person.address)

    assert [mail.subject for mail in mails_to(stack, person.address)] == ["Your verification code"]


@pytest.fixture(scope="module")
def runtime(stack: Stack) -> Iterator[Runtime]:
    """The built function under the real runtime, on the stack's table."""
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_ENDPOINT_URL": stack.endpoint_url,
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "test",
        "GATEHOUSE_AUDIT_TABLE_NAME": stack.outputs["AuditTableName"],
        "GATEHOUSE_POOL_SENDS_BY_SES": "true",
        "GATEHOUSE_PRODUCT_NAME": "Foyer",
        "GATEHOUSE_TABLE_NAME": stack.outputs["TableName"],
    }
    with (
        read_only_copy(BUILD / "CustomMessageFunction", BUILD / "GatehouseLayer" / "python") as package,
        running(package, settings) as runtime,
    ):
        yield runtime


@pytest.mark.parametrize(
    ("kind", "locale"), [("UpdateUserAttribute", "ar"), ("VerifyUserAttribute", "fr"), ("Authentication", "es")]
)
def test_what_the_local_stack_cannot_send_is_worded_alike_under_the_real_runtime(
    stack: Stack, desk: OperatorDesk, runtime: Runtime, kind: str, locale: str
) -> None:
    person = joined(stack, desk, f"{kind.lower()}@zahra.com", TENANT)
    sub = desk.app.members.sub_of(parse_address(person.address), TENANT)
    request = {
        "userAttributes": {"sub": sub, "email": person.address, "email_verified": "true", "locale": locale},
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": None,
    }

    outcome = runtime.invoke(an_event(f"CustomMessage_{kind}", request))

    assert outcome.error is None
    response = outcome.answer["response"]
    mail = Mail(response["emailSubject"], response["emailMessage"].replace("{####}", "123456"))
    assert_branded(mail, locale)
    assert NAME in response["smsMessage"]
    assert "{####}" in response["smsMessage"]
