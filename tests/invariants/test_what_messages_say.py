"""Messages of Cognito's: whose look they wear, in which language, and that nothing about them ever stops a user."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import AwsError
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates, installed_templates
from gatehouse.runtime.wiring import App
from tests.support.builders import (
    ANAS_SUB,
    NOW,
    a_code_note,
    a_membership,
    an_admission,
    an_entry,
    an_event,
    user_attributes,
)
from tests.support.doubles import FailingAws
from tests.support.functions import Context, handler_of
from tests.support.stage import branding, fresh_entry_id, invitation, membership, rewrite, tenant
from tests.support.stores import SETTINGS, TestClock, app_for, log_lines

BY_SES = replace(SETTINGS, pool_sends_by_ses=True, locale="fr", product_name="Foyer")
UNCHANGED = {"smsMessage": None, "emailMessage": None, "emailSubject": None}
type Arrange = Callable[[App], None]


@pytest.fixture
def app(aws: Aws, clock: TestClock) -> App:
    return app_for(aws, clock, BY_SES)


def an_asked_message(kind: str = "ForgotPassword", *, metadata: dict[str, str] | None = None, **attributes: str) -> Any:
    request = {
        "userAttributes": user_attributes(**attributes),
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": "{username}" if kind == "AdminCreateUser" else None,
        "clientMetadata": metadata or {},
    }
    return an_event(f"CustomMessage_{kind}", request, dict(UNCHANGED))


def said(app: App, event: Any) -> Any:
    answer = handler_of("custom_message")(event, Context(), app)
    assert answer is event
    return event["response"]


def is_said_by(response: Any, name: str) -> bool:
    return all(name in response[field] for field in UNCHANGED)


def admitted_to_acme(app: App) -> None:
    tenant(app, name="Acme Sign-Up")
    invitation(app)
    app.addresses.admit(an_admission(), an_entry(id=fresh_entry_id()))


def default_is_globex(app: App) -> None:
    for tenant_id, name in (("globex", "Globex Default"), ("initech", "Initech Named")):
        tenant(app, tenant_id, name=name)
        membership(app, a_membership(tenant_id=tenant_id), default="globex")


def test_the_tenant_that_admitted_the_address_comes_first(app: App) -> None:
    default_is_globex(app)
    admitted_to_acme(app)

    response = said(app, an_asked_message("SignUp", metadata={"tenant_id": "initech"}))

    assert is_said_by(response, "Acme Sign-Up")


def test_then_the_tenant_that_the_client_names_if_the_user_is_a_member(app: App) -> None:
    default_is_globex(app)

    response = said(app, an_asked_message(metadata={"tenant_id": "initech"}))

    assert is_said_by(response, "Initech Named")


@pytest.mark.parametrize("named", ["acme", "nowhere", "", "initech "])
def test_a_tenant_that_is_not_the_users_is_passed_over_for_the_default(app: App, named: str) -> None:
    default_is_globex(app)
    tenant(app)

    response = said(app, an_asked_message(metadata={"tenant_id": named}))

    assert is_said_by(response, "Globex Default")


def nobody(_app: App) -> None:
    return


def member_of_a_closed_tenant(app: App) -> None:
    tenant(app, status=TenantStatus.CLOSED, locale="de")
    membership(app, a_membership(), default="acme")


def admitted_long_ago(app: App) -> None:
    tenant(app)
    app.addresses.admit(an_admission(admitted_at=NOW - timedelta(days=8)), an_entry(id=fresh_entry_id()))


def admitted_by_somebody_elses_code(app: App) -> None:
    tenant(app)
    app.addresses.admit(a_code_note(profile_hash="0" * 64), an_entry(id=fresh_entry_id()))


def default_is_gone(app: App) -> None:
    membership(app, a_membership(), default="acme")


@pytest.mark.parametrize(
    "arrange",
    [nobody, member_of_a_closed_tenant, admitted_long_ago, admitted_by_somebody_elses_code, default_is_gone],
    ids=lambda arrange: arrange.__name__,
)
def test_a_message_about_no_tenant_comes_from_the_product_in_the_deployments_language(
    app: App, arrange: Arrange
) -> None:
    arrange(app)

    response = said(app, an_asked_message())

    assert is_said_by(response, "Foyer")
    assert '<html lang="fr"' in response["emailMessage"]


def test_a_suspended_tenants_members_still_read_its_messages(app: App) -> None:
    tenant(app, name="Acme Suspended", status=TenantStatus.SUSPENDED)
    membership(app, a_membership(), default="acme")

    response = said(app, an_asked_message())

    assert is_said_by(response, "Acme Suspended")


def test_a_message_wears_the_tenants_branding(app: App) -> None:
    admitted_to_acme(app)
    worn = branding(app, footer="Acme & <Söhne>", display_name="Acme & Söhne")

    response = said(app, an_asked_message("SignUp"))

    assert response["emailSubject"].startswith("[Acme] ")
    for shown in ("Acme &amp; Söhne", "Acme &amp; &lt;Söhne&gt;", worn.logo_url, worn.color, worn.support_address):
        assert shown in response["emailMessage"]
    assert "Acme & Söhne" in response["smsMessage"]


@pytest.mark.parametrize(
    ("of_user", "of_invitation", "of_tenant", "expected"),
    [
        ("ja", "de", "es", "ja"),
        ("de-AT", "ja", "es", "de"),
        ("fr_CA", "ja", "es", "fr"),
        ("xx", "de", "es", "de"),
        ("not a language\n", "de", "es", "de"),
        (None, "ar", "es", "ar"),
        (None, None, "es", "es"),
        (None, "xx", "yy", "fr"),
        (None, None, None, "fr"),
    ],
)
def test_the_language_is_the_users_then_the_invitations_then_the_tenants_then_the_deployments(
    app: App, of_user: str | None, of_invitation: str | None, of_tenant: str | None, expected: str
) -> None:
    tenant(app, locale=of_tenant)
    made = invitation(app)
    rewrite(app, replace(made, locale=of_invitation))
    app.addresses.admit(an_admission(), an_entry(id=fresh_entry_id()))
    event = an_asked_message("SignUp")
    if of_user is not None:
        event["request"]["userAttributes"]["locale"] = of_user

    response = said(app, event)

    assert f'<html lang="{expected}" dir="{"rtl" if expected == "ar" else "ltr"}"' in response["emailMessage"]


def test_a_deployment_whose_language_is_not_there_speaks_english(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock, replace(BY_SES, locale="tlh"))

    response = said(app, an_asked_message())

    assert '<html lang="en"' in response["emailMessage"]


KINDS = (
    "AdminCreateUser", "Authentication", "ForgotPassword", "ResendCode", "SignUp", "UpdateUserAttribute",
    "VerifyUserAttribute",
)  # fmt: skip


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "ja"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_is_there_in_every_language_and_as_cognito_takes_it(app: App, kind: str, locale: str) -> None:
    admitted_to_acme(app)
    branding(app)

    response = said(app, an_asked_message(kind, locale=locale))

    assert f'<html lang="{locale}"' in response["emailMessage"]
    assert all("{####}" in response[field] for field in ("emailMessage", "smsMessage"))
    assert ("{username}" in response["emailMessage"]) == (kind == "AdminCreateUser")
    assert [line for line in log_lines(app) if "message" in line] == []


def test_what_was_typed_at_sign_up_is_in_no_shipped_message(app: App) -> None:
    response = said(app, an_asked_message("SignUp", name="Zebra Quagga", given_name="Zebra", locale="de"))

    assert not any("Zebra" in response[field] for field in UNCHANGED)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ana <b>Lima</b>", ("Ana <b>Lima<", "")),
        ("Ana & Lima", ("Ana & Lima", "Ana &amp; Lima")),
        ("visit evil.example now", ("", "")),
        ("https://evil.example", ("", "")),
        ("Ana\r\nBcc: all\u202e", ("Ana Bcc: all", "Ana Bcc: all")),
        ("A" * 51, ("", "")),
    ],
)
def test_a_name_typed_at_sign_up_is_escaped_and_without_links_and_control_characters(
    app: App, tmp_path: Path, typed: str, expected: tuple[str, str]
) -> None:
    overridden(
        app,
        tmp_path,
        subject="Hello {{ person }}.",
        sms="Hello {{ person }}. {{ code }}",
        intro=["Hello {{ person }}."],
    )
    plain, escaped = expected
    shown = "" if "<" in typed else plain  # a slash could be a link's

    response = said(app, an_asked_message("SignUp", name=typed, locale="en"))

    assert response["emailSubject"] == f"Hello {shown}."
    assert response["smsMessage"] == f"Hello {shown}. {{####}}"
    assert f"Hello {escaped}." in response["emailMessage"]


def overridden(app: App, folder: Path, **words: Any) -> None:
    """Have the app render a sign-up message of this deployment's own."""
    whole = {
        "subject": "Hello",
        "preview": "",
        "heading": "Hello",
        "intro": ["Hello"],
        "outro": [],
        "sms": "{{ code }} is it",
        **words,
    }
    path = folder / "sign-up" / "en.toml"
    path.parent.mkdir()
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in whole.items()), encoding="utf-8")
    shipped = installed_templates()
    app.renderer = Renderer(Templates(folder, *shipped.folders))


BROKEN = {
    "a variable that nobody gives": {"intro": ["Hello {{ passwrod }}"]},
    "a tag that is not closed": {"intro": ["{% if name %}Hello"]},
    "a value that is no number": {"intro": ["{{ name|int + person }}"]},
    "a way out of the sandbox": {"intro": ["{{ name.__class__.__mro__ }}"]},
    "no code in the text message": {"sms": "Hello {{ name }}"},
    "a text message that is too long": {"sms": "{{ code }}" + "a" * 135},
    "a subject that is too long": {"subject": "a" * 141},
    "a mail that is too long": {"intro": ["a" * 20_000]},
    "a character that Cognito refuses": {"heading": "Hel\u200dlo"},
    "a key that no message has": {"subjekt": "Hello"},
}


@pytest.mark.parametrize("words", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_template_leaves_the_message_to_cognito_counts_it_and_says_why(
    app: App, tmp_path: Path, words: dict[str, Any]
) -> None:
    admitted_to_acme(app)
    overridden(app, tmp_path, **words)

    response = said(app, an_asked_message("SignUp", locale="en", name="Zebra Quagga"))

    assert response == UNCHANGED
    (line,) = log_lines(app)
    assert line["MessageFallback"] == 1
    assert line["message_problem"]
    assert "Zebra" not in str(line)


def test_a_template_that_is_no_toml_leaves_the_message_to_cognito(app: App, tmp_path: Path) -> None:
    overridden(app, tmp_path)
    (tmp_path / "sign-up" / "en.toml").write_text("subject = ", encoding="utf-8")

    response = said(app, an_asked_message("SignUp", locale="en"))

    assert response == UNCHANGED
    (line,) = log_lines(app)
    assert line["template"] == "sign-up/en.toml"


@pytest.mark.invariant(8)
def test_a_store_that_cannot_be_had_leaves_the_message_to_cognito(aws: Aws, clock: TestClock) -> None:
    app = app_for(FailingAws(aws, lambda _operation, _payload: AwsError("InternalServerError")), clock, BY_SES)

    response = said(app, an_asked_message("SignUp"))

    assert response == UNCHANGED
    (line,) = log_lines(app)
    assert (line["MessageFallback"], line["aws_error_code"]) == (1, "InternalServerError")


def test_a_pool_that_does_not_send_by_ses_gets_the_text_message_alone(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock, replace(BY_SES, pool_sends_by_ses=False))

    response = said(app, an_asked_message(phone_number="+4915112345678"))

    assert (response["emailMessage"], response["emailSubject"]) == (None, None)
    assert "{####}" in response["smsMessage"]


def test_a_profile_without_an_address_that_we_can_read_is_known_by_its_memberships(app: App) -> None:
    default_is_globex(app)
    event = an_asked_message(email="ana@äcme.com")
    assert event["request"]["userAttributes"]["sub"] == ANAS_SUB

    response = said(app, event)

    assert is_said_by(response, "Globex Default")
