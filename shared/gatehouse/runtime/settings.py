"""The settings of a deployment: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.errors import SettingMissing

TABLE_NAME = "GATEHOUSE_TABLE_NAME"
AUDIT_TABLE_NAME = "GATEHOUSE_AUDIT_TABLE_NAME"
AUTO_VERIFY = "GATEHOUSE_AUTO_VERIFY"
ADMIT_BY_ADDRESS = "GATEHOUSE_ADMIT_BY_ADDRESS"
RECORD_REFRESHES = "GATEHOUSE_RECORD_REFRESHES"

# Powertools' own name for it; the template gives it the stack's.
SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"

# Lambda keeps the current trace here, and changes it before each invocation (AWS X-Ray, "Tracing header").
_TRACE_HEADER = "_X_AMZN_TRACE_ID"
_SAMPLED = "Sampled=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment has decided; `docs/settings.md` tells what each means.

    Args:
        table_name: the core table.
        audit_table_name: the audit table.
        auto_verify: whether the mailed secret of an invitation confirms the profile and verifies its address.
        admit_by_address: whether an open invitation is a ground without its secret.
        record_refreshes: whether refreshes that change nothing are recorded.
    """

    table_name: str
    audit_table_name: str
    auto_verify: bool = False
    admit_by_address: bool = False
    record_refreshes: bool = False


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this environment.

    Raises:
        SettingMissing: naming the setting that is missing or cannot be understood.
    """
    return Settings(
        table_name=_text(environment, TABLE_NAME),
        audit_table_name=_text(environment, AUDIT_TABLE_NAME),
        auto_verify=_switch(environment, AUTO_VERIFY),
        admit_by_address=_switch(environment, ADMIT_BY_ADDRESS),
        record_refreshes=_switch(environment, RECORD_REFRESHES),
    )


def service_name(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name under which this deployment logs and counts."""
    return environment.get(SERVICE_NAME) or "gatehouse"


def is_trace_sampled(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether X-Ray keeps the trace of the current invocation."""
    return _SAMPLED in environment.get(_TRACE_HEADER, "")


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingMissing(name, "set")
    return value


def _switch(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "false")
    if value not in ("true", "false"):
        raise SettingMissing(name, "true or false")
    return value == "true"
