"""`gatehouse message preview`."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from markupsafe import escape

from gatehouse.domain.branding import Branding, dressed
from gatehouse.domain.message import MessageKind
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import installed_templates
from gatehouse_cli.preview_pages import page, preview, shown_in_list, sms_length
from tests.cli.operator import Operator

PREVIEW = ("message", "preview")
FOLDER = Path("message-preview")
APP_URL = "https://app.example.com/sign-up"
OWN_WORDS = """
subject = "Olá"
preview = "Antes"
heading = "Bem-vindo"
intro = ["{{ person }}, o código:"]
outro = []
sms = "{{ name }}: {{ code }}"
"""


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Operator:
    """An operator who has no stack, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEHOUSE_STACK", raising=False)
    return Operator()


def own_templates(folder: Path, words: str = OWN_WORDS) -> str:
    for place, text in (("sign-up/pt.toml", words), ("frame/pt.toml", 'support = "Dúvidas? {{ support_address }}"')):
        (folder / place).parent.mkdir(parents=True)
        (folder / place).write_text(text, encoding="utf-8")
    return str(folder)


def written() -> set[str]:
    return {path.name for path in FOLDER.iterdir()}


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def three_files(kind: str, locale: str) -> set[str]:
    return {f"{kind}.{locale}.{form}" for form in ("html", "page.html", "txt")}


def test_a_message_is_shown_as_its_tenant_sends_it(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--name", "Acme & Söhne")
    operator.does(
        *("tenant", "branding", "acme", "--color", "#0B5FFF", "--support-address", "help@acme.com"),
        *("--subject-prefix", "[Acme]"),
    )

    printed = operator.does(*PREVIEW, "--tenant", "acme", "--message", "sign-up", "--locale", "en")

    page = text_of("sign-up.en.page.html")
    assert printed == "1 message written: message-preview/index.html\n"
    assert written() == {"index.html"} | three_files("sign-up", "en")
    assert text_of("sign-up.en.txt").startswith("Subject: [Acme] ")
    assert "help@acme.com" in text_of("sign-up.en.txt")
    assert "Acme &amp; Söhne" in text_of("sign-up.en.html")
    assert page.count(escape(text_of("sign-up.en.html"))) == 2
    assert "width: 375px" in page
    assert "width: 700px" in page


def test_an_invitations_link_leads_to_the_stacks_app_with_a_sample_for_its_secret(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    operator.does(*PREVIEW, "--tenant", "acme", "--message", "invitation", "--locale", "en")

    assert f"{APP_URL}#invitation=01SAMPLE" in text_of("invitation.en.txt")
    assert f'href="{APP_URL}#invitation=01SAMPLE' in text_of("invitation.en.html")


def test_the_tenants_language_comes_first_and_no_other_is_left_out(operator: Operator, tmp_path: Path) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("tenant", "set", "acme", "--locale", "pt")
    templates = own_templates(tmp_path / "own")

    operator.does(*PREVIEW, "--tenant", "acme", "--message", "sign-up", "--templates", templates)

    index = text_of("index.html")
    assert 0 < index.index("sign-up.pt.page.html") < index.index("sign-up.en.page.html")


def test_without_a_tenant_every_message_is_shown_and_no_stack_is_needed(alone: Operator) -> None:
    alone.does(*PREVIEW)

    there = installed_templates()
    all_of_them = [(kind, locale) for kind in MessageKind for locale in there.locales(kind)]
    assert written() == {"index.html"}.union(*(three_files(*one) for one in all_of_them))
    assert all(f'href="{kind}.{locale}.page.html"' in text_of("index.html") for kind, locale in all_of_them)


def test_samples_stand_for_all_that_cognito_fills_in(alone: Operator) -> None:
    alone.does(*PREVIEW, "--locale", "en")

    texts = {name: text_of(name) for name in written()}
    assert {name for name, text in texts.items() if "{####}" in text or "{username}" in text} == set()
    assert "123456" in texts["sign-up.en.html"]
    assert "ana@acme.com" in texts["admin-create-user.en.txt"]


def test_a_link_that_cognito_would_make_is_one(alone: Operator, tmp_path: Path) -> None:
    templates = own_templates(tmp_path / "own", OWN_WORDS.replace("o código:", "{##Confirmar##}"))

    alone.does(*PREVIEW, "--locale", "pt", "--templates", templates)

    assert '<a href="https://app.example.com/">Confirmar</a>' in text_of("sign-up.pt.html")


def test_templates_of_ones_own_come_first_and_the_installed_ones_fill_in(alone: Operator, tmp_path: Path) -> None:
    templates = own_templates(tmp_path / "own")

    alone.does(*PREVIEW, "--message", "sign-up", "--templates", templates)

    assert "SMS (23 characters in GSM-7, 1 part): app.example.com: 123456\n" in text_of("sign-up.pt.txt")
    assert three_files("sign-up", "pt") | three_files("sign-up", "en") <= written()
    assert "Ana, o código:" in text_of("sign-up.pt.txt")


def test_what_cognito_would_not_take_is_said_on_its_page(alone: Operator, tmp_path: Path) -> None:
    templates = own_templates(tmp_path / "own", OWN_WORDS.replace("{{ name }}: {{ code }}", "Nada aqui"))

    alone.does(*PREVIEW, "--locale", "pt", "--templates", templates)

    assert "Cognito would not take this message: smsMessage lacks the code" in text_of("sign-up.pt.page.html")
    assert "(!)" in text_of("index.html")


def test_a_second_run_takes_the_place_of_the_first_and_leaves_what_others_put_there(alone: Operator) -> None:
    alone.does(*PREVIEW, "--message", "sign-up", "--locale", "en")
    (FOLDER / "notes.txt").write_text("too yellow", encoding="utf-8")

    alone.does(*PREVIEW, "--message", "invitation", "--locale", "en")

    assert written() == {"index.html", "notes.txt"} | three_files("invitation", "en")


def test_a_folder_of_others_is_left_as_it_is(alone: Operator) -> None:
    FOLDER.mkdir()
    (FOLDER / "index.html").write_text("mine", encoding="utf-8")

    result = alone.types(*PREVIEW)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("\nError: message-preview holds other things: name another folder with --out.\n")
    assert (written(), text_of("index.html")) == ({"index.html"}, "mine")


def test_a_folder_that_cannot_be_one_is_told(alone: Operator) -> None:
    Path("file").write_text("", encoding="utf-8")

    refused = [alone.is_refused(*PREVIEW, "--out", out) for out in ("file", "file/below")]

    assert [exit_code for exit_code, _ in refused] == [2, 2]
    assert [lines for _, lines in refused] == [
        [
            f"error: {out} cannot be written to: Not a directory [invalid_file]",
            "Name another folder with --out",
        ]
        for out in ("file", "file/below")
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--locale", "xx"], "Error: There is no message in xx, only in "),
        (["--message", "sign-up", "--locale", "xx"], "Error: There is no sign-up message in xx, only in "),
        (["--message", "sign-in"], "'resend-code', 'sign-up', "),
        (["--templates", "nowhere"], "'nowhere' does not exist"),
    ],
    ids=str,
)
def test_what_is_not_there_is_refused_with_what_is(alone: Operator, words: list[str], told: str) -> None:
    result = alone.types(*PREVIEW, *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert not FOLDER.exists()


def test_an_unknown_tenant_is_refused(operator: Operator) -> None:
    refused = operator.is_refused(*PREVIEW, "--tenant", "globex")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
    assert not FOLDER.exists()


def test_a_broken_template_is_named_and_nothing_is_written(alone: Operator, tmp_path: Path) -> None:
    templates = own_templates(tmp_path / "own", OWN_WORDS.replace("{{ person }}", "{{ persona }}"))

    refused = alone.is_refused(*PREVIEW, "--locale", "pt", "--templates", templates)

    assert refused == (
        2,
        [
            f"error: {templates}/sign-up/pt.toml is not usable, 'persona' is undefined [invalid_file]",
            "Mend it; docs/messages.md says how",
        ],
    )
    assert not FOLDER.exists()


def test_json_lists_the_files(alone: Operator) -> None:
    [printed] = alone.reads(*PREVIEW, "--message", "sign-up", "--out", "here/and there")

    there = {str(path) for path in Path("here/and there").iterdir()}
    assert printed["index"] == "here/and there/index.html"
    assert (set(printed["files"]), len(printed["files"])) == (there, len(there))


def test_open_hands_the_index_to_the_browser(alone: Operator, tmp_path: Path) -> None:  # noqa: ARG001 - where we are
    opened = tmp_path / "opened"
    for name in ("xdg-open", "open"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            f'#!/bin/sh\nprintf %s "$1" > {opened}.part\n/bin/mv {opened}.part {opened}\n', encoding="utf-8"
        )
        program.chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-c", "from gatehouse_cli.main import run; run()", *PREVIEW, "--locale", "en", "--open"],
        check=False,
        env=os.environ | {"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
    )
    for _ in range(100):  # the browser is not waited for
        if opened.exists():
            break
        time.sleep(0.05)

    assert (done.returncode, done.stderr) == (0, "")
    assert opened.read_text(encoding="utf-8") == str(tmp_path.resolve() / FOLDER / "index.html")


def test_open_without_a_browser_says_where_the_pages_are(alone: Operator) -> None:
    result = alone.types(*PREVIEW, "--locale", "en", "--open", PATH="")

    assert result.exit_code == 0
    assert result.stderr == "warning: no browser could be started; open message-preview/index.html in one\n"


@pytest.mark.parametrize(
    ("sms", "expected"),
    [
        ("Acme: 123456", "12 characters in GSM-7, 1 part"),
        ("ひまわり: 123456", "12 characters in UCS-2, 1 part"),
        ("海" * 71, "71 characters in UCS-2, 2 parts"),
    ],
)
def test_a_text_message_is_shown_with_what_it_takes(sms: str, expected: str) -> None:
    assert expected == sms_length(sms)


def test_no_word_of_a_message_becomes_markup_of_its_page() -> None:
    look = dressed(Branding(subject_prefix="<b>\"'"), "</pre><script>alert(1)</script>")

    shown = page(preview(Renderer(installed_templates()), MessageKind.SIGN_UP, "en", look, "https://app.example.com/"))

    assert "<script" not in shown
    assert "<b>" not in shown
    assert 'sandbox="allow-same-origin"' in shown


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ("<body>Enter it<p>Acme</p></body>", "Enter it Acme"),
        ("<head><title>no</title><style>p{}</style></head><body><div>Enter\n it</div></body>", "Enter it"),
        ("<body><!--[if mso]>no<![endif]--><div>Enter &amp; go</div>", "Enter & go"),
        (f"<body>{'long ' * 100}", ("long " * 28)),
    ],
)
def test_a_list_shows_the_first_words_of_a_mail(mail: str, expected: str) -> None:
    assert expected == shown_in_list(mail)
