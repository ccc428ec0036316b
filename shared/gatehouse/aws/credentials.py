"""Credentials at hand when a request is signed: those of the environment, or temporary ones, renewed before they end.

awscrt's own provider for such an endpoint is only to be had within its default chain, which reads the environment and
files by itself, goes on to the instance metadata service, and waits as long as it likes; so the endpoint is asked here.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from gatehouse.aws.connection import Endpoint, NoAnswer, Request
from gatehouse.aws.place import CredentialEndpoint, Credentials, DynamoDbPlace
from gatehouse.aws.retries import Passing
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.aws.deadline import Deadline

# Where a token may be sent without TLS: this machine, and the link-local addresses of ECS and EKS (botocore's
# `ContainerMetadataFetcher`).
_OPEN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
# As early as botocore begins to; and how long to leave an endpoint alone that has nothing newer.
_EARLY = timedelta(minutes=15)
_PATIENCE = timedelta(minutes=1)
_OK, _FIRST_SERVER_ERROR = 200, 500


class CredentialSource(Protocol):
    """Where a request gets its credentials."""

    def current(self, deadline: Deadline) -> Credentials:
        """Return credentials that have not expired.

        Raises:
            AwsError: if there are none.
            Passing: if asking again may help.
        """
        ...


def credential_source(
    place: DynamoDbPlace, clock: Callable[[], datetime], timeouts: tuple[float, float]
) -> CredentialSource:
    """Return the source of a place's credentials; an endpoint is not asked before the first request."""
    if isinstance(place.credentials, CredentialEndpoint):
        return TemporaryCredentials(place.credentials, clock, timeouts)
    return FixedCredentials(place.credentials)


class FixedCredentials:
    """Credentials that are given once, as Lambda gives them to a function's environment."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def current(self, _deadline: Deadline) -> Credentials:
        """Return them; see `CredentialSource.current`."""
        if self._credentials is None:
            raise AwsError("Unreachable", "there are no credentials")
        return self._credentials


class TemporaryCredentials:
    """Credentials that an endpoint hands out for some hours at a time."""

    def __init__(
        self, source: CredentialEndpoint, clock: Callable[[], datetime], timeouts: tuple[float, float]
    ) -> None:
        self._source = source
        self._clock = clock
        self._endpoint = Endpoint(source.url, timeouts)
        self._held: Credentials | None = None
        self._ends_at = self._ask_at = datetime.min.replace(tzinfo=UTC)

    def current(self, deadline: Deadline) -> Credentials:
        """Return those that are held, or newer ones; see `CredentialSource.current`.

        An endpoint that fails to renew what is still good is asked again a minute later, and nobody is refused.
        """
        now = self._clock()
        held = self._held
        if held is None or now >= self._ends_at:
            return self._renewed(now, deadline)
        if now >= self._ask_at:
            self._ask_at = now + _PATIENCE
            with suppress(AwsError, Passing):
                return self._renewed(now, deadline)
        return held

    def _renewed(self, now: datetime, deadline: Deadline) -> Credentials:
        credentials, ends_at = _read_credentials(self._asked(deadline))
        if ends_at <= now:
            raise AwsError("Unreachable", "the credentials that were handed out have expired")
        self._held, self._ends_at = credentials, ends_at
        self._ask_at = max(ends_at - _EARLY, now + _PATIENCE)
        return credentials

    def _asked(self, deadline: Deadline) -> bytes:
        if not self._endpoint.is_secure and self._endpoint.host not in _OPEN_HOSTS:
            raise AwsError("Unreachable", "credentials are asked for over https, or not beyond this machine")
        headers = [("Host", self._endpoint.authority), ("Accept", "application/json"), *self._authorization()]
        request = Request(method="GET", path=self._endpoint.path, headers=headers)
        try:
            answer = self._endpoint.exchange(request, deadline)
        except NoAnswer as error:
            raise Passing(AwsError("Unreachable", "the credentials endpoint does not answer")) from error
        if answer.status != _OK:
            refused = AwsError("Unreachable", f"the credentials endpoint answers {answer.status}")
            raise Passing(refused) if answer.status >= _FIRST_SERVER_ERROR else refused
        return answer.body

    def _authorization(self) -> list[tuple[str, str]]:
        token = self._source.token
        if self._source.token_file is not None:
            try:
                token = self._source.token_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise AwsError("Unreachable", "the credentials endpoint's token cannot be read") from error
        if token is None:
            return []
        if not token.isprintable():  # a line end would begin another header
            raise AwsError("Unreachable", "the credentials endpoint's token cannot stand in a header")
        return [("Authorization", token)]


def _read_credentials(body: bytes) -> tuple[Credentials, datetime]:
    """Return an endpoint's credentials and when they end; nothing of what it said stands in an error."""
    try:
        given = json.loads(body)
        ends_at = datetime.fromisoformat(given["Expiration"])
        texts = [given["AccessKeyId"], given["SecretAccessKey"], given["Token"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise AwsError("UnreadableAnswer", "of the credentials endpoint") from None
    if not all(isinstance(text, str) for text in texts):
        raise AwsError("UnreadableAnswer", "of the credentials endpoint")
    key_id, secret, session_token = texts
    credentials = Credentials(key_id=key_id, secret=secret, session_token=session_token)
    return credentials, ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=UTC)
