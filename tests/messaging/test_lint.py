"""Templates that are wrong are told so, each fault in words of its own; those that are not pass."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gatehouse.domain.branding import Branding
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates, installed_templates
from gatehouse_cli.lint.checks import check_templates, is_error
from gatehouse_cli.lint.finding import KINDS, Code, Severity
from gatehouse_cli.lint.layouts import VARIABLES, surroundings
from gatehouse_cli.lint.tenants import TenantChecks
from tests.support.builders import a_tenant

HERE = Path(__file__).parent
GOOD = HERE / "good"
BAD = sorted((HERE / "bad").iterdir())
EXPECTED = {case.name: (case / "expected.txt").read_text(encoding="utf-8").splitlines() for case in BAD}
# Of a tenant, not of a template.
OF_TENANTS = {Code.TENANT_COLOR_FAINT, Code.TENANT_LOCALE_MISSING}

type Write = Callable[[str, str], Templates]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Puts a file before the good ones, and returns all of them; where people stand is the folder of that file."""
    monkeypatch.chdir(tmp_path)

    def written(place: str, text: str) -> Templates:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
        return Templates(tmp_path, GOOD)

    return written


def sign_up(**changed: str) -> str:
    """Return a good message with other lines, as TOML has them; without those that are empty."""
    good = (GOOD / "sign-up" / "en.toml").read_text(encoding="utf-8")
    lines = dict(line.split(" = ", 1) for line in good.splitlines()) | changed
    return "".join(f"{key} = {value}\n" for key, value in lines.items() if value)


def told(templates: Templates) -> list[str]:
    return [str(one) for one in check_templates(templates).findings]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_template_is_told_in_words_of_its_own(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)

    findings = check_templates(Templates(case.relative_to(HERE), Path("good"))).findings

    assert EXPECTED[case.name] == list(map(str, findings))


def test_every_fault_has_a_bad_template_that_shows_it_and_no_two_say_the_same() -> None:
    lines = list(itertools.chain.from_iterable(EXPECTED.values()))
    codes = {line.rpartition("[")[2].removesuffix("]") for line in lines}

    assert set(Code) - OF_TENANTS == codes
    assert len(set(lines)) == len(lines)
    assert len(BAD) >= 20


def test_every_code_has_its_meaning_and_what_to_do() -> None:
    assert list(KINDS) == list(Code)
    assert all(kind.meaning and kind.advice for kind in KINDS.values())


def test_good_templates_pass() -> None:
    checked = check_templates(Templates(GOOD))

    assert checked.findings == []
    assert (checked.messages, checked.locales, checked.invitation_parts) == (8, ["en"], {"en": 1})


def test_what_ships_passes() -> None:
    checked = check_templates(installed_templates())

    assert [str(one) for one in checked.findings if is_error(one)] == []
    assert set(checked.locales) >= {"ar", "de", "en", "es", "fr", "ja"}


def test_a_layout_may_name_all_that_there_is(write: Write) -> None:
    good = (GOOD / "layout.txt").read_text(encoding="utf-8")
    everything = "".join(f"{{% if {name} %}}{{% endif %}}" for name in sorted(VARIABLES))

    assert told(write("layout.txt", good + everything)) == []


def test_a_new_language_passes_once_all_messages_are_there_in_it(tmp_path: Path) -> None:
    for path in GOOD.glob("*/en.toml"):
        (tmp_path / path.parent.name).mkdir()
        shutil.copy(path, tmp_path / path.parent.name / "pt-BR.toml")

    checked = check_templates(Templates(tmp_path, GOOD))

    assert checked.findings == []
    assert (checked.messages, checked.locales) == (16, ["en", "pt-BR"])


@pytest.mark.parametrize(
    "sms",
    [
        pytest.param("{{ name }}: {####}", id="the placeholder itself"),
        pytest.param("<# a note to translators #>{{ name }}: {{ code }}", id="a comment"),
        pytest.param("{% if person %}{{ person }}, {% endif %}{{ name }}: {{ code }}", id="a name with a comma"),
        pytest.param("{{ name }}: {{ code }}, 1 < 2 & 3 > 2", id="signs that are no markup"),
        pytest.param("{{ name }}: {{ code }}{% if support_address %} ({{ support_address }}){% endif %}", id="a turn"),
    ],
)
def test_what_only_looks_wrong_passes(write: Write, sms: str) -> None:
    assert told(write("sign-up/en.toml", sign_up(sms=f'"{sms}"'))) == []


def test_a_link_for_a_code_passes(write: Write) -> None:
    assert told(write("sign-up/en.toml", sign_up(intro='["Click {##Confirm my address##} at {{ name }}"]'))) == []


def test_a_fault_in_a_branch_that_nobody_took_is_found(write: Write) -> None:
    hidden = '["Enter it:", """{% if person == \'Kim\' %}\n{{ persn }}\n{% endif %}"""]'

    [finding] = check_templates(write("sign-up/en.toml", sign_up(intro=hidden))).findings

    assert (finding.code, finding.line) == (Code.VARIABLE_UNKNOWN, 5)
    assert finding.problem.startswith("There is no variable `persn` here")


@pytest.mark.parametrize("value", ["12", "[1]", "true", '["a", 1]', "{ a = 1 }"])
def test_a_list_of_texts_holds_texts(write: Write, value: str) -> None:
    assert [one.code for one in check_templates(write("sign-up/en.toml", sign_up(outro=value))).findings] == [
        Code.KEY_WRONG_TYPE
    ]


def test_a_key_of_any_letters_is_told_with_its_line(write: Write) -> None:
    templates = write("sign-up/en.toml", sign_up() + "\"subject (old)\" = 'Your code'\n")

    [finding] = check_templates(templates).findings

    assert (finding.code, finding.line) == (Code.KEY_UNKNOWN, 7)


def test_a_folder_in_place_of_a_file_is_told(write: Write, tmp_path: Path) -> None:
    (tmp_path / "sign-up" / "de.toml").mkdir(parents=True)

    findings = check_templates(write("frame/de.toml", 'support = "Fragen?"\n')).findings

    assert "sign-up/de.toml: error: It is no file. " in "".join(map(str, findings))


@pytest.mark.parametrize(
    "words", ["{{ name.__class__.__mro__ }}", "{% for one in range(10 ** 9) %}{% endfor %}", "{{ 1 / 0 }}"]
)
def test_a_template_that_does_what_it_may_not_breaks_nothing_else(write: Write, words: str) -> None:
    findings = check_templates(write("sign-up/en.toml", sign_up(heading=f'"{words}"'))).findings

    assert [one.code for one in findings] == [Code.NOT_RENDERED]


def test_all_faults_of_a_file_are_told_at_once(write: Write) -> None:
    wrong = sign_up(subject='"{{ code }}"', preview='"<b>Now</b>"', sms='"{{ nme }}: {{ code }}"')

    codes = [one.code for one in check_templates(write("sign-up/en.toml", wrong)).findings]

    assert codes == [Code.CODE_IN_SUBJECT, Code.MARKUP_IN_WORDS, Code.MARKUP_IN_WORDS, Code.VARIABLE_UNKNOWN]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("https://help.acme.com/x?y=1", []),
        ("https://HELP.acme.com", []),
        ("https://help.acme.com:8443/", []),
        ("Look at www.acme.com", []),
        ("https://app.acme.com", []),
        ("https://acme.com", [Code.LINK_NOT_ALLOWED]),
        ("https://help.acme.com.evil.example", [Code.LINK_NOT_ALLOWED]),
        ("https://help.acme.com@evil.example", [Code.LINK_NOT_ALLOWED]),
        ("www.evil.example", [Code.LINK_NOT_ALLOWED]),
        ("HTTPS://evil.example", [Code.LINK_NOT_ALLOWED]),
        ("http://help.acme.com", [Code.LINK_IN_CLEAR]),
        ("{% if name %}https://evil.example{% endif %}", [Code.LINK_NOT_ALLOWED]),
    ],
)
def test_links_lead_to_hosts_that_are_written_down(write: Write, words: str, expected: list[Code]) -> None:
    write("allowed-hosts.txt", "# where people find help\nhelp.acme.com\n\nwww.acme.com # and who we are\n")
    templates = write("sign-up/en.toml", sign_up(outro=f'["{words}"]'))

    codes = [one.code for one in check_templates(templates, ["app.acme.com"]).findings]

    assert codes == expected


@pytest.mark.parametrize(
    "element",
    [
        '<img src="https://track.example/1.gif" alt="">',
        '<img src="//track.example/1.gif" alt="">',
        "<td style=\"background: url('https://track.example/1.gif')\"></td>",
        '<style>@import "https://track.example/1.css"</style>',
        "<style>body { background: url(//track.example/1.gif) }</style>",
    ],
)
def test_a_layout_loads_nothing_from_elsewhere(write: Write, element: str) -> None:
    good = (GOOD / "layout.html").read_text(encoding="utf-8")
    named = good.replace("<html ", '<html xmlns="http://www.w3.org/1999/xhtml" ').replace(
        "</body>", f"{element}</body>"
    )

    [finding] = check_templates(write("layout.html", named)).findings

    assert finding.code is Code.LINK_NOT_ALLOWED
    assert "leads to track.example" in finding.problem


def test_a_layout_that_is_not_there_is_told_alone(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "all")
    (tmp_path / "all" / "layout.txt").unlink()

    findings = check_templates(Templates(tmp_path / "all")).findings

    assert [(one.code, one.problem) for one in findings] == [(Code.FILE_UNREADABLE, "There is no such file")]


@pytest.mark.parametrize("typed", ["{{ person }}/x", "x/{{ person }}", "www.{{ person }}", "{{ person }}@acme.com"])
def test_a_strangers_name_is_no_part_of_a_link(write: Write, typed: str) -> None:
    findings = check_templates(write("sign-up/en.toml", sign_up(sms=f'"{typed} {{{{ code }}}}"'))).findings

    assert Code.PERSON_IN_LINK in {one.code for one in findings}


def test_who_invites_is_a_stranger_too(write: Write) -> None:
    good = (GOOD / "invitation" / "en.toml").read_text(encoding="utf-8")

    findings = check_templates(
        write("invitation/en.toml", good.replace("{{ inviter }} ", "{{ inviter }}.eu "))
    ).findings

    assert [one.code for one in findings] == [Code.PERSON_IN_LINK]


def checks(house_locale: str = "en") -> TenantChecks:
    templates = Templates(GOOD)
    return TenantChecks(Renderer(templates), surroundings(templates), house_locale)


def test_a_tenant_that_is_in_order_passes() -> None:
    branding = Branding(display_name="Acme 海", color="#0B5FFF", logo_url="https://cdn.acme.com/logo.png")

    assert checks().findings(a_tenant(locale="en-GB"), branding) == []
    assert checks("da").findings(a_tenant(), Branding()) == []


def test_a_tenants_colour_that_hardly_differs_from_the_page_is_a_warning() -> None:
    [finding] = checks().findings(a_tenant(id="acme"), Branding(color="#FFF3B0"))

    assert finding.kind.severity is Severity.WARNING
    assert str(finding).startswith("tenant acme: warning: Its colour #FFF3B0 on #FFFFFF has a contrast of 1.12. ")


def test_a_tenants_language_without_messages_is_told_once() -> None:
    [finding] = checks().findings(a_tenant(id="acme", locale="da"), Branding())

    assert (finding.code, finding.place) == (Code.TENANT_LOCALE_MISSING, "tenant acme")
    assert finding.problem == "There are no messages in da"


def test_what_a_tenants_prefix_makes_too_long_is_told(write: Write) -> None:
    templates = write("sign-up/en.toml", sign_up(subject=f'"{"x" * 100}"'))
    of_tenants = TenantChecks(Renderer(templates), (), "en")

    [finding] = of_tenants.findings(a_tenant(id="acme"), Branding(subject_prefix="y" * 40))

    assert finding.code is Code.SUBJECT_TOO_LONG
    assert finding.place == "tenant acme"
    assert finding.problem == "sign-up in en: `subject` has 141 characters with its name `Acme`"
    assert of_tenants.findings(a_tenant(id="acme"), Branding(subject_prefix="y" * 39)) == []
