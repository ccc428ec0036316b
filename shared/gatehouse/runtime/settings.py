"""The settings of a deployment: the one place that reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.aws.place import CredentialEndpoint, Credentials, DynamoDbPlace
from gatehouse.errors import SettingMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_NAME = "GATEHOUSE_TABLE_NAME"
AUDIT_TABLE_NAME = "GATEHOUSE_AUDIT_TABLE_NAME"
AUTO_VERIFY = "GATEHOUSE_AUTO_VERIFY"
ADMIT_BY_ADDRESS = "GATEHOUSE_ADMIT_BY_ADDRESS"
RECORD_REFRESHES = "GATEHOUSE_RECORD_REFRESHES"
POOL_SENDS_BY_SES = "GATEHOUSE_POOL_SENDS_BY_SES"
LOCALE = "GATEHOUSE_LOCALE"
PRODUCT_NAME = "GATEHOUSE_PRODUCT_NAME"

# Powertools' own name for it; the template gives it the stack's.
SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"

# Lambda Developer Guide, "Defined runtime environment variables"
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"
_FOR_A_SNAPSHOT = "snap-start"

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
        pool_sends_by_ses: whether the user pool sends its mail through SES; only then may a mail have texts of ours.
        locale: the language of messages where neither user nor tenant says one.
        product_name: whom a message comes from that is about no tenant.
    """

    table_name: str
    audit_table_name: str
    auto_verify: bool = False
    admit_by_address: bool = False
    record_refreshes: bool = False
    pool_sends_by_ses: bool = False
    locale: str = "en"
    product_name: str = "gatehouse"


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
        pool_sends_by_ses=_switch(environment, POOL_SENDS_BY_SES),
        locale=environment.get(LOCALE) or "en",
        product_name=environment.get(PRODUCT_NAME) or service_name(environment),
    )


def service_name(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name under which this deployment logs and counts."""
    return environment.get(SERVICE_NAME) or "gatehouse"


def is_for_a_snapshot(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether what is loaded now will be in a snapshot, from which many environments start."""
    return environment.get(_INITIALIZATION) == _FOR_A_SNAPSHOT


def is_trace_sampled(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether X-Ray keeps the trace of the current invocation."""
    return _SAMPLED in environment.get(_TRACE_HEADER, "")


def trace_id(environment: Mapping[str, str] = os.environ) -> str:
    """Return the id of the current trace, `1-` and 24 hexadecimal digits after eight; empty if there is none."""
    header = environment.get(_TRACE_HEADER, "")
    return next((part.removeprefix("Root=") for part in header.split(";") if part.startswith("Root=")), "")


def dynamodb_place(environment: Mapping[str, str] = os.environ) -> DynamoDbPlace:
    """Return where DynamoDB is, by the variables that Lambda and every AWS SDK share; an empty one counts for none.

    An access key goes before an endpoint that hands out credentials, and a service's own URL before the one for all
    (AWS SDKs and Tools Reference Guide, "Standardized credential providers" and "Service-specific endpoints").

    Raises:
        SettingMissing: if the region is not set, or an address is none.
    """
    return DynamoDbPlace(
        region=_text(environment, "AWS_REGION"),
        url=_url(environment, "AWS_ENDPOINT_URL_DYNAMODB") or _url(environment, "AWS_ENDPOINT_URL"),
        credentials=_access_key(environment) or _credential_endpoint(environment),
    )


def _access_key(environment: Mapping[str, str]) -> Credentials | None:
    key_id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        return None
    return Credentials(key_id=key_id, secret=secret, session_token=environment.get("AWS_SESSION_TOKEN") or None)


def _credential_endpoint(environment: Mapping[str, str]) -> CredentialEndpoint | None:
    url = _url(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if url is None:
        return None
    from pathlib import Path  # noqa: PLC0415 - hardly ever needed, and a cold start pays for every import

    token_file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    return CredentialEndpoint(
        url=url,
        token=environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN") or None,
        token_file=Path(token_file) if token_file else None,
    )


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingMissing(name, "set")
    return value


def _url(environment: Mapping[str, str], name: str) -> str | None:
    value = environment.get(name) or None
    if value is not None and not value.startswith(("http://", "https://")):
        raise SettingMissing(name, "a URL of http or https")
    return value


def _switch(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "false")
    if value not in ("true", "false"):
        raise SettingMissing(name, "true or false")
    return value == "true"
