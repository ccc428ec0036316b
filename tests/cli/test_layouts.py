"""`make messages`: a layout.mjml is compiled to the layout.html beside it, or told what is wrong with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gatehouse_cli.layouts import html_of, main, stale_layouts
from gatehouse_cli.yaml_file import FileProblem
from tests.support.stores import ROOT

OURS = "shared/gatehouse/messaging/templates"
OWN = "shared/messages"
LAYOUT = """<mjml lang="{{ locale }}"><mj-body><mj-section><mj-column>
<mj-raw>{% if link %}</mj-raw><mj-button href="{{ link }}" font-family="Roboto">{{ button }}</mj-button>
<mj-raw>{% endif %}</mj-raw><mj-text align="{{ start }}">{% for one in intro %}<p>{{ one }}</p>{% endfor %}</mj-text>
</mj-column></mj-section></mj-body></mjml>"""


def written(folder: Path, text: str | bytes = LAYOUT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "layout.mjml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_ships_is_what_its_source_gives() -> None:
    assert stale_layouts(ROOT, rewrite=False) == []


def test_a_layout_gives_the_same_page_in_every_process() -> None:
    source = ROOT / OURS / "layout.mjml"
    code = "import sys, pathlib, gatehouse_cli.layouts as l; print(l.html_of(pathlib.Path(sys.argv[1])), end='')"
    seeds = ["1", "2"]

    pages = [
        subprocess.run(
            [sys.executable, "-c", code, str(source)],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in seeds
    ]

    assert pages == [(ROOT / OURS / "layout.html").read_text(encoding="utf-8")] * 2


def test_what_jinja2_understands_goes_through_as_it_stands(tmp_path: Path) -> None:
    html = html_of(written(tmp_path))

    assert '<html lang="{{ locale }}"' in html
    assert html.index("{% if link %}<tr>") < html.index('href="{{ link }}"') < html.index("</tr>{% endif %}")
    assert 'align="{{ start }}"' in html
    assert "{% for one in intro %}<p>{{ one }}</p>{% endfor %}" in html


def test_outlook_is_given_the_tables_that_it_needs(tmp_path: Path) -> None:
    assert "<!--[if mso | IE]><table" in html_of(written(tmp_path))


def test_no_font_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    html = html_of(written(tmp_path))

    assert "Roboto" in html
    assert "fonts.googleapis" not in html


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<mjml><mj-body>", "is no MJML"),
        (LAYOUT.replace("{% if link %}", "{% if 1 < 2 %}"), "is no MJML"),
        (LAYOUT.replace("mj-text", "mj-txet"), "has mj-txet where MJML does not know it"),
        (b"\xff", "is not in UTF-8"),
    ],
)
def test_a_layout_that_cannot_be_compiled_is_told(text: str | bytes, complaint: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(FileProblem, match=complaint) as raised:
        html_of(path)

    assert str(path) in raised.value.sentence
    assert raised.value.advice


def test_a_layout_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="cannot be read"):
        html_of(tmp_path / "layout.mjml")


def test_a_check_names_what_is_stale_and_what_to_do_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / OURS)

    status = main(["--check"], tmp_path)

    assert status == 1
    assert capsys.readouterr().out == f"{OURS}/layout.html is not what layout.mjml gives: make messages\n"
    assert not (tmp_path / OURS / "layout.html").exists()


def test_the_layouts_of_both_folders_are_compiled_and_then_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (OURS, OWN):
        written(tmp_path / folder)
        (tmp_path / folder / "layout.html").write_text("an older one", encoding="utf-8")

    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0

    said = capsys.readouterr().out
    assert said == f"{OURS}/layout.html is written anew\n{OWN}/layout.html is written anew\n"
    assert (tmp_path / OWN / "layout.html").read_text(encoding="utf-8") == html_of(tmp_path / OWN / "layout.mjml")


def test_a_page_without_a_source_is_left_alone(tmp_path: Path) -> None:
    written(tmp_path / OURS)
    (tmp_path / OWN).mkdir(parents=True)
    (tmp_path / OWN / "layout.html").write_text("written by hand", encoding="utf-8")

    main([], tmp_path)

    assert main(["--check"], tmp_path) == 0
    assert (tmp_path / OWN / "layout.html").read_text(encoding="utf-8") == "written by hand"


def test_a_broken_layout_makes_nothing_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path / OURS, "<mjml>")

    assert main([], tmp_path) == 1

    assert "[invalid_file]\nClose every tag" in capsys.readouterr().err
    assert not (tmp_path / OURS / "layout.html").exists()
