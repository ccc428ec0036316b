"""Where DynamoDB is, and whose credentials are used there: values alone, so that who has them need not load awscrt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A partition's domain by the beginning of its regions' names; all others are of the partition `aws` or of GovCloud,
# which share one (botocore's `partitions.json`, `regionRegex` and `dnsSuffix`).
_DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
}
_COMMON_DOMAIN = "amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What requests are signed with; only the key's id may be seen.

    Args:
        key_id: the access key's id.
        secret: the access key's secret.
        session_token: of temporary credentials, which a role's always are.
    """

    key_id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialEndpoint:
    """Where temporary credentials are asked for: by a SnapStart function, whose environment is older than its role's.

    See the AWS SDKs and Tools Reference Guide, "Container credential provider".

    Args:
        url: answers credentials to a GET.
        token: what it wants as `Authorization`, if anything.
        token_file: where that stands instead, and changes from time to time.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDbPlace:
    """Where DynamoDB is and who asks there.

    Args:
        region: such as `eu-west-1`; it is signed for it even where the URL is another.
        url: of an emulator or a private endpoint, with http or https; None for the region's own.
        credentials: those to sign with, or where to get them; None if there are none.
    """

    region: str
    url: str | None = None
    credentials: Credentials | CredentialEndpoint | None = None

    @property
    def endpoint_url(self) -> str:
        """Return the URL that requests go to."""
        return self.url or f"https://dynamodb.{self.region}.{_domain_of(self.region)}"


def _domain_of(region: str) -> str:
    return next((domain for start, domain in _DOMAINS.items() if region.startswith(start)), _COMMON_DOMAIN)
