"""Examining a deployment: reading what there is, telling what could not be read, and leaving the rest to the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.diagnosis import FUNCTIONS, Seen, diagnose, function_place, pool_place
from gatehouse.domain.finding import Code, Finding
from gatehouse.domain.user_pool import LiveFunction
from gatehouse.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.domain.user_pool import LiveClient
    from gatehouse.services.ports import ClientListing, PoolReader


def examine(
    function_arns: Mapping[str, str], *, is_attached: bool, user_pool: PoolReader, clients: ClientListing
) -> list[Finding]:
    """Return what is wrong with a deployment, the most serious first. Nothing is changed.

    Args:
        function_arns: the stack's outputs that name functions, by their names, such as `PreSignUpFunctionArn`.
        is_attached: whether the user pool was there before the stack.
        user_pool: reads the pool, its app clients and the functions.
        clients: reads the rows of the app clients that are declared.
    """
    reads = _Reads()
    place = pool_place(user_pool.id)
    outputs = {name: function_arns.get(f"{name}FunctionArn") for name in FUNCTIONS}
    expected = {name: arn for name, arn in outputs.items() if arn}
    pool = reads.tried(place, "Its settings", user_pool.pool)
    client_ids = reads.tried(place, "The list of its app clients", user_pool.client_ids)
    declared = reads.tried("table", "The rows of app clients", lambda: tuple(clients.clients()))
    found = [_client(one, user_pool, reads) for one in client_ids or ()]
    functions = {name: _function(arn, user_pool, reads) for name, arn in expected.items()}
    return diagnose(
        Seen(
            expected=expected,
            is_attached=is_attached,
            pool=pool,
            client_ids=None if client_ids is None else frozenset(client_ids),
            clients=tuple(one for one in found if one is not None),
            declared=declared,
            functions=functions,
            unread=tuple(reads.failed),
        )
    )


class _Reads:
    """Reads that may fail one by one, and findings about those that did."""

    def __init__(self) -> None:
        self.failed: list[Finding] = []

    def tried[T](self, where: str, what: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Unavailable as error:
            self.failed.append(Finding(Code.NOT_CHECKED, where, f"{what} could not be read: {error}"))
            return None


def _client(client_id: str, user_pool: PoolReader, reads: _Reads) -> LiveClient | None:
    return reads.tried(f"app client {client_id}", "Its settings", lambda: user_pool.client(client_id))


def _function(arn: str, user_pool: PoolReader, reads: _Reads) -> LiveFunction:
    place = function_place(arn)
    found = reads.tried(place, "Its settings", lambda: user_pool.configuration(arn)) or LiveFunction()
    if found.is_gone:
        return found
    return replace(found, policy=reads.tried(place, "Its policy", lambda: user_pool.policy(arn)))
