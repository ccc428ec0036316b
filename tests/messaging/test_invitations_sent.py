"""Sending an invitation: claimed before the one call, never called twice, and its secret in the message alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.branding import Branding
from gatehouse.domain.delivery import Delivery, DeliveryStatus
from gatehouse.domain.invitation import Invitation, hash_secret, invitation_token
from gatehouse.errors import AwsError, TemplateBroken
from gatehouse.messaging.delivery import Sender, Senders
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates, installed_templates
from gatehouse.runtime.wiring import App
from gatehouse.services.deliveries import Post, Wording, send_invitation
from gatehouse.services.invitations import Issued
from gatehouse.services.messages import House
from tests.support.builders import MAILED_SECRET, MAILED_TOKEN, SHOWN_TOKEN, a_branding, an_attempt, an_invitation
from tests.support.doubles import FailingAws, ScriptedAws
from tests.support.histories import fresh_entry, has_tenant, invites, resends, revokes, sets
from tests.support.stores import TestClock, app_for

APP_URL = "https://app.example.com/"
HOUSE = House(product_name="Example", locale="en")
ANSWER = {"MessageId": "0100"}


class Killed(BaseException):
    """The process ends here."""


class WatchingAws:
    """SES that a test looks over the shoulder of: what is done at the call, and what comes of it."""

    def __init__(self, at_the_call: Callable[[], object]) -> None:
        self._at_the_call = at_the_call
        self.calls = 0

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.calls += 1
        self._at_the_call()
        return dict(ANSWER)


def issued(invitation: Invitation, mailed_token: str = MAILED_TOKEN) -> Issued:
    return Issued(invitation, shown_token=SHOWN_TOKEN, mailed_token=mailed_token, is_way_clear=True)


def a_post(app: App, mail: Aws, *, templates: Templates | None = None, inviter: str = "") -> Post:
    wording = Wording(
        brands=app.brands,
        renderer=Renderer(templates or installed_templates()),
        house=HOUSE,
        app_url=APP_URL,
        inviter=inviter,
    )
    sender = Sender(mail, Senders(mail="no-reply@example.com", has_sms=True), lambda _seconds: None, lambda: 0.0)
    return Post(wording=wording, deliveries=app.deliveries, invitations=app.invitations, mailer=sender, clock=app.clock)


def found(app: App) -> Delivery | None:
    return app.invitations.get(an_invitation().address, "acme").delivery


def texts(mail: ScriptedAws) -> list[str]:
    """Return the mail in each form that a person sees."""
    [(_, _, payload)] = mail.calls
    content = payload["Content"]["Simple"]
    return [content["Subject"]["Data"], content["Body"]["Html"]["Data"], content["Body"]["Text"]["Data"]]


@pytest.fixture
def invited(app: App) -> Invitation:
    has_tenant(app)
    return invites(app)


def test_the_attempt_is_claimed_when_the_call_is_made(app: App, invited: Invitation) -> None:
    seen: list[Delivery | None] = []
    mail = WatchingAws(lambda: seen.append(found(app)))

    delivery = send_invitation(issued(invited), a_post(app, mail))

    assert seen == [an_attempt(invited)]
    assert delivery == an_attempt(invited, status=DeliveryStatus.SENT, id="0100") == found(app)


def test_who_is_killed_at_the_call_leaves_it_unknown_and_nobody_calls_again(app: App, invited: Invitation) -> None:
    def die() -> None:
        raise Killed

    mail, after = WatchingAws(die), ScriptedAws()
    with pytest.raises(Killed):
        send_invitation(issued(invited), a_post(app, mail))

    delivery = send_invitation(issued(invited), a_post(app, after))

    assert delivery == an_attempt(invited) == found(app)
    assert (mail.calls, after.calls) == (1, [])


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (ANSWER, DeliveryStatus.SENT),
        (AwsError("MessageRejected", status=400), DeliveryStatus.FAILED),
        (AwsError("Unreachable"), DeliveryStatus.UNKNOWN),
    ],
    ids=["sent", "failed", "unknown"],
)
def test_whatever_came_of_it_a_second_sending_makes_no_call_and_says_the_same(
    app: App, invited: Invitation, answer: Mapping[str, Any] | AwsError, status: DeliveryStatus
) -> None:
    mail = ScriptedAws(answer)
    first = send_invitation(issued(invited), a_post(app, mail))

    second = send_invitation(issued(invited), a_post(app, mail))

    assert first is not None
    assert second is not None
    assert (first.status, second.status) == (status, status)
    assert len(mail.calls) == 1


def test_what_cannot_be_noted_is_told_and_stands_as_unknown(
    app: App, aws: Aws, clock: TestClock, invited: Invitation
) -> None:
    failing = FailingAws(aws, lambda operation, _: AwsError("Unreachable") if operation == "UpdateItem" else None)

    delivery = send_invitation(issued(invited), a_post(app_for(failing, clock), ScriptedAws(ANSWER)))

    assert delivery == an_attempt(invited, status=DeliveryStatus.SENT, id="0100")
    assert found(app) == an_attempt(invited)


def test_what_cannot_be_claimed_is_not_sent(app: App, aws: Aws, clock: TestClock, invited: Invitation) -> None:
    failing = FailingAws(aws, lambda operation, _: AwsError("Unreachable") if "Write" in operation else None)
    mail = ScriptedAws()

    with pytest.raises(AwsError, match="Unreachable"):
        send_invitation(issued(invited), a_post(app_for(failing, clock), mail))

    assert mail.calls == []
    assert found(app) is None


def test_a_broken_template_is_told_and_nothing_is_claimed(app: App, invited: Invitation, tmp_path: Path) -> None:
    mail = ScriptedAws()

    with pytest.raises(TemplateBroken, match=r"invitation/en\.toml"):
        send_invitation(issued(invited), a_post(app, mail, templates=Templates(tmp_path)))

    assert mail.calls == []
    assert found(app) is None


@pytest.mark.parametrize("what", ["resent", "revoked", "replaced by another"])
def test_an_invitation_that_is_another_by_now_is_not_sent(app: App, invited: Invitation, what: str) -> None:
    mail = ScriptedAws(ANSWER)
    if what == "resent":
        fresh = resends(app, invited, mailed_hash=hash_secret("fresh"))
        send_invitation(issued(fresh, invitation_token(fresh.id, "fresh")), a_post(app, mail))
    else:
        revokes(app, invited)
    if what == "replaced by another":
        invites(app, id="01KAS3Q4W0AAAAAAAAAAAAAAAB", mailed_hash=hash_secret("another"))
    before = found(app)

    delivery = send_invitation(issued(invited), a_post(app, mail))

    assert delivery is None
    assert found(app) == before
    assert len(mail.calls) == (what == "resent")


def test_a_slot_that_is_gone_has_nothing_to_send(app: App) -> None:
    has_tenant(app)
    mail = ScriptedAws()

    assert send_invitation(issued(an_invitation()), a_post(app, mail)) is None
    assert mail.calls == []


def test_the_secret_is_in_the_message_and_in_nothing_that_is_kept(app: App, aws: Aws, invited: Invitation) -> None:
    mail = ScriptedAws(ANSWER)

    delivery = send_invitation(issued(invited), a_post(app, mail))

    kept = "".join(str(aws.call("dynamodb", "Scan", {"TableName": name})["Items"]) for name in ("core", "audit"))
    assert f"{APP_URL}#invitation={MAILED_TOKEN}" in texts(mail)[2]
    assert MAILED_SECRET not in kept + repr(delivery)


def test_the_message_names_inviter_end_and_tenant_in_its_look(app: App, invited: Invitation) -> None:
    app.tenant_settings.set_branding("acme", Branding(), a_branding(), fresh_entry())
    mail = ScriptedAws(ANSWER)

    send_invitation(issued(invited), a_post(app, mail, inviter="Kim Doe"))

    subject, html, text = texts(mail)
    assert subject == "[Acme] Kim Doe invites you to Acme & Söhne"
    for form in (html, text):
        assert "Kim Doe" in form
        assert "2026-11-30" in form
    assert "#0B5FFF" in html


@pytest.mark.parametrize("inviter", ["", "https://evil.example", "Kim at evil.example"])
def test_an_inviter_who_is_none_or_a_link_is_not_named(app: App, invited: Invitation, inviter: str) -> None:
    mail = ScriptedAws(ANSWER)

    send_invitation(issued(invited), a_post(app, mail, inviter=inviter))

    subject, *forms = texts(mail)
    assert subject == "You are invited to Acme"
    assert not [form for form in forms if "evil" in form]


@pytest.mark.parametrize(
    ("locales", "expected"),
    [
        (("de-AT", "fr", "en"), "de"),
        ((None, "de", "en"), "de"),
        ((None, None, "de-DE"), "de"),
        (("tlh", None, "en"), "en"),
    ],
)
def test_it_is_in_the_language_of_the_person_else_the_tenant_else_the_house(
    app: App, tmp_path: Path, locales: tuple[str | None, str | None, str], expected: str
) -> None:
    persons, tenants, house = locales
    (tmp_path / "invitation").mkdir()
    (tmp_path / "frame").mkdir()
    for locale in ("en", "de", "fr"):
        words = f'subject = "{locale}"\npreview = ""\nheading = ""\nintro = []\noutro = []\nsms = "sms"\n'
        (tmp_path / "invitation" / f"{locale}.toml").write_text(words, encoding="utf-8")
    for form in ("html", "txt"):
        (tmp_path / f"layout.{form}").write_text("{{ locale }}", encoding="utf-8")
    has_tenant(app)
    sets(app, locale=tenants)
    mail = ScriptedAws(ANSWER)
    post = a_post(app, mail, templates=Templates(tmp_path))
    wording = replace(post.wording, house=House(product_name="Example", locale=house))

    send_invitation(issued(invites(app, locale=persons)), replace(post, wording=wording))

    assert texts(mail)[0] == expected
