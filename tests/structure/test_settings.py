"""What is read of a function's environment, and that the template sets it."""

from typing import get_type_hints

import pytest

from gatehouse.errors import SettingMissing
from gatehouse.runtime.settings import SERVICE_NAME, Settings, read_settings
from tests.structure.template_file import TEMPLATE, of_type

TABLES = {"GATEHOUSE_TABLE_NAME": "core", "GATEHOUSE_AUDIT_TABLE_NAME": "audit"}
SWITCHES = [name for name, kind in get_type_hints(Settings).items() if kind is bool]


def variable(setting: str) -> str:
    return f"GATEHOUSE_{setting.upper()}"


def test_every_switch_is_off_until_it_is_turned_on() -> None:
    settings = read_settings(TABLES)

    assert settings == Settings(table_name="core", audit_table_name="audit")
    assert [switch for switch in SWITCHES if getattr(settings, switch)] == []


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_is_turned_on_by_its_own_variable_alone(switch: str) -> None:
    settings = read_settings(TABLES | {variable(switch): "true"})

    assert [one for one in SWITCHES if getattr(settings, one)] == [switch]


@pytest.mark.parametrize("value", ["", "1", "True", "yes"])
@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_that_is_neither_true_nor_false_is_refused_by_name(switch: str, value: str) -> None:
    with pytest.raises(SettingMissing, match=variable(switch)):
        read_settings(TABLES | {variable(switch): value})


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_a_name_is_refused_by_the_settings_name(name: str) -> None:
    with pytest.raises(SettingMissing, match=name):
        read_settings(TABLES | {name: ""})


def test_the_template_sets_everything_that_is_read_and_nothing_else() -> None:
    own = [made["Properties"].get("Environment", {}) for made in of_type("AWS::Serverless::Function").values()]

    given = {
        name for one in [TEMPLATE["Globals"]["Function"]["Environment"], *own] for name in one.get("Variables", {})
    }

    assert given == {variable(name) for name in get_type_hints(Settings)} | {SERVICE_NAME}
