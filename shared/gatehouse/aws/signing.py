"""Signature Version 4 over awscrt, which is loaded at the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.aws.connection import Request, as_awscrt
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.aws.deadline import Deadline
    from gatehouse.aws.place import Credentials


def signed(
    request: Request, credentials: Credentials, *, region: str, service: str, at: datetime, deadline: Deadline
) -> Request:
    """Return a request with its signature, good for some minutes around `at`; it must name its host already.

    Raises:
        AwsError: `Unreachable`, if it cannot be signed with these credentials.
    """
    from awscrt import auth  # noqa: PLC0415 - see above

    seconds = deadline.remaining()
    try:
        provider = auth.AwsCredentialsProvider.new_static(
            credentials.key_id, credentials.secret, credentials.session_token
        )
        config = auth.AwsSigningConfig(credentials_provider=provider, region=region, service=service, date=at)
        made = auth.aws_sign_request(as_awscrt(request), config).result(timeout=seconds)
    except Exception as error:  # awscrt raises its own kind, or a built-in one that has the same meaning
        raise AwsError("Unreachable", "the request cannot be signed") from error
    return Request(method=request.method, path=request.path, headers=list(made.headers), body=request.body)
