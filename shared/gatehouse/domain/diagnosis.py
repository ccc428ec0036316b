"""What is wrong with a deployment: one rule for each thing that can be, over values that were read before.

What a finding means, and what to do about it, is in `domain/finding.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.finding import Code, Finding, Severity
from gatehouse.domain.user_pool import LiveFunction, Trigger, is_open, may_call, unknown_flows, ways_offered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gatehouse.domain.policy import Client
    from gatehouse.domain.user_pool import LiveClient, UserPool

# The function that each key of LambdaConfig should name; the stack's output is `<name>FunctionArn`.
FUNCTION_OF = {
    "PreSignUp": "PreSignUp",
    "PostConfirmation": "PostConfirmation",
    "PreAuthentication": "PreAuthentication",
    "PostAuthentication": "PostAuthentication",
    "CustomMessage": "CustomMessage",
    "DefineAuthChallenge": "CustomAuthChallenge",
    "CreateAuthChallenge": "CustomAuthChallenge",
    "VerifyAuthChallengeResponse": "CustomAuthChallenge",
    "InboundFederation": "InboundFederation",
    "PreTokenGenerationConfig": "PreTokenGeneration",
}
FUNCTIONS = tuple(dict.fromkeys(FUNCTION_OF.values()))
# As the functions' environment has them (`runtime/settings.py`).
AUTO_VERIFY = "GATEHOUSE_AUTO_VERIFY"
POOL_SENDS_BY_SES = "GATEHOUSE_POOL_SENDS_BY_SES"

# What decides who gets in and what a token says; without another trigger something is lost, but nobody is let in.
_GATES = ("PreSignUp", "InboundFederation", "PreTokenGenerationConfig")
_TOKENS, _OLD_TOKENS = "PreTokenGenerationConfig", "PreTokenGeneration"
_VERSIONS = {"InboundFederation": ("V1_0",), _TOKENS: ("V2_0", "V3_0")}
_FOR_MACHINES = "V3_0"

# What proves an address to an admission and to a token: users must never write it.
_PROOF = frozenset({"email_verified", "phone_number_verified"})
_CUSTOM = "custom:"
# What an application reads as what somebody may do.
_AUTHORITY = re.compile(
    r"tenant|organi[sz]ation|(^|[^a-z])org([^a-z]|$)|customer|company|account|workspace|role|group|permi|privileg"
    r"|admin|owner|scope|entitle|access|plan|tier|seat",
    re.IGNORECASE,
)
_PASSWORD_FLOWS = frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"})
_BACKEND_FLOWS = frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})
_IMPLICIT = "implicit"
# A custom challenge that asks for both steps is a custom challenge to Cognito.
_CHALLENGES = frozenset({"custom", "two-step"})
_ORDER = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that could be read of a deployment; what could not is None, or left out, and a finding in `unread`.

    Args:
        expected: the alias ARN of each function, by its name, as the stack puts it out.
        is_attached: whether the pool was there before the stack.
        pool: the user pool.
        client_ids: the ids of all its app clients.
        clients: those of them that could be read.
        declared: the rows of all that are declared.
        functions: the stack's functions, by name.
        unread: what could not be read.
    """

    expected: Mapping[str, str]
    is_attached: bool = False
    pool: UserPool | None = None
    client_ids: frozenset[str] | None = None
    clients: tuple[LiveClient, ...] = ()
    declared: tuple[Client, ...] | None = None
    functions: Mapping[str, LiveFunction] = field(default_factory=dict)
    unread: tuple[Finding, ...] = ()

    def function(self, name: str) -> LiveFunction:
        """Return a function of the stack, or one of which nothing is known."""
        return self.functions.get(name, LiveFunction())

    def row(self, client_id: str) -> Client | None:
        """Return what is declared of an app client."""
        return next((row for row in self.declared or () if row.id == client_id), None)


def diagnose(seen: Seen) -> list[Finding]:
    """Return what is wrong, the most serious first."""
    found = [*seen.unread]
    for rule in RULES:
        found += rule(seen)
    for client in seen.clients:
        for client_rule in CLIENT_RULES:
            found += client_rule(seen, client)
    if seen.pool is not None:
        for pool_rule in POOL_RULES:
            found += pool_rule(seen, seen.pool)
    return sorted(dict.fromkeys(found), key=lambda one: (_ORDER.index(one.kind.severity), one.code, one.where))


def is_serious(findings: Iterable[Finding]) -> bool:
    """Tell whether any of them is."""
    return any(one.kind.severity is Severity.SERIOUS for one in findings)


def client_place(client: LiveClient) -> str:
    """Return where a finding about an app client is."""
    return f"app client {client.name} ({client.id})"


def function_place(arn: str) -> str:
    """Return where a finding about a function is."""
    return f"function {arn.partition(':function:')[2] or arn}"


def pool_place(pool_id: str) -> str:
    """Return where a finding about a user pool is."""
    return f"user pool {pool_id}"


# ---- the pool ---------------------------------------------------------------------------------------------------


def _tier(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    if pool.tier == "LITE":
        yield Finding(Code.POOL_ON_LITE, pool_place(pool.id), "It is on the Lite plan")


def _case(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    if pool.is_case_sensitive:
        yield Finding(Code.POOL_CASE_SENSITIVE, pool_place(pool.id), "Its user names are case-sensitive")


def _address_change(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    codes = {"email": Code.EMAIL_CHANGED_UNVERIFIED, "phone_number": Code.PHONE_CHANGED_UNVERIFIED}
    for attribute in sorted((pool.signs_in_by or {"email"}) - pool.verified_before_update):
        what = f"AttributesRequireVerificationBeforeUpdate lacks {attribute}"
        yield Finding(codes[attribute], pool_place(pool.id), what)


def _sign_up(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    place = pool_place(pool.id)
    if not pool.takes_sign_ups:
        yield Finding(Code.SIGN_UP_CLOSED, place, "AllowAdminCreateUserOnly is on")
    if not pool.verifies:
        yield Finding(Code.ADDRESS_NEVER_VERIFIED, place, "AutoVerifiedAttributes is empty")
    if migration := pool.triggers.get("UserMigration"):
        yield Finding(Code.USERS_MIGRATED, place, f"UserMigration names {migration.arn}")


def _registration(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    if pool.lets_clients_register:
        yield Finding(Code.CLIENTS_REGISTER_THEMSELVES, pool_place(pool.id), "DcrConfiguration is on")


def _triggers(seen: Seen, pool: UserPool) -> Iterator[Finding]:
    place = pool_place(pool.id)
    for key, name in FUNCTION_OF.items():
        expected, trigger = seen.expected.get(name), _trigger(pool, key)
        if expected is None:
            continue
        if trigger is None:
            code = Code.GATE_MISSING if key in _GATES else Code.TRIGGER_MISSING
            yield Finding(code, place, f"LambdaConfig has no {key}")
        elif trigger.arn != expected:
            code = Code.GATE_ELSEWHERE if key in _GATES else Code.TRIGGER_ELSEWHERE
            yield Finding(code, place, f"{key} names {trigger.arn}")
        elif trigger.version not in _VERSIONS.get(key, (trigger.version,)):
            what = f"{key} has LambdaVersion {trigger.version or 'unset'}"
            yield Finding(Code.TRIGGER_VERSION_WRONG, place, what)


def _old_token_key(_seen: Seen, pool: UserPool) -> Iterator[Finding]:
    old, new = pool.triggers.get(_OLD_TOKENS), pool.triggers.get(_TOKENS)
    if old and new and old.arn != new.arn:
        yield Finding(Code.PRE_TOKEN_GENERATION_TWICE, pool_place(pool.id), f"{_OLD_TOKENS} names {old.arn}")


def _machine_tokens(seen: Seen, pool: UserPool) -> Iterator[Finding]:
    tokens = _trigger(pool, _TOKENS)
    machines = sorted(row.name for row in seen.declared or () if row.tenant_id is not None)
    if machines and tokens and tokens.version != _FOR_MACHINES:
        what = f"{_TOKENS} has LambdaVersion {tokens.version}, and there are machines: {', '.join(machines)}"
        yield Finding(Code.MACHINE_TOKENS_NOT_CALLED, pool_place(pool.id), what)


def _invoke_permissions(seen: Seen, pool: UserPool) -> Iterator[Finding]:
    named = {trigger.arn for trigger in pool.triggers.values()}
    for name, arn in seen.expected.items():
        function, place = seen.function(name), function_place(arn)
        if arn not in named:
            continue
        if function.is_gone:
            yield Finding(Code.FUNCTION_GONE, place, "It is not there")
        elif function.policy is None:
            continue
        elif not may_call(function.policy, pool.arn):
            yield Finding(Code.INVOKE_PERMISSION_MISSING, place, f"Its policy does not let {pool.id} call it")
        elif is_open(function.policy, pool.arn):
            yield Finding(Code.INVOKE_PERMISSION_OPEN, place, f"Its policy lets other pools than {pool.id} call it")


def _auto_verify(seen: Seen, pool: UserPool) -> Iterator[Finding]:
    if not _is_on(seen, "PreSignUp", AUTO_VERIFY):
        return
    place = function_place(seen.expected["PreSignUp"])
    if pool.alias_attributes & {"email", "phone_number"}:
        aliases = ", ".join(sorted(pool.alias_attributes))
        what = f"{AUTO_VERIFY} is on, and {pool.id} has AliasAttributes: {aliases}"
        yield Finding(Code.AUTO_VERIFY_MOVES_ALIASES, place, what)
    elif seen.is_attached:
        what = f"{AUTO_VERIFY} is on, and {pool.id} was there before the stack"
        yield Finding(Code.AUTO_VERIFY_ON_ATTACHED_POOL, place, what)


def _mail(seen: Seen, pool: UserPool) -> Iterator[Finding]:
    words_mail = _is_on(seen, "CustomMessage", POOL_SENDS_BY_SES)
    trigger = pool.triggers.get("CustomMessage")
    if words_mail is None or trigger is None or trigger.arn != seen.expected.get("CustomMessage"):
        return
    place = function_place(trigger.arn)
    if words_mail and not pool.sends_by_ses:
        what = f"{POOL_SENDS_BY_SES} is on, and {pool.id} does not send by SES"
        yield Finding(Code.MAIL_WORDED_WITHOUT_SES, place, what)
    if words_mail and pool.verifies_by_link:
        what = f"{POOL_SENDS_BY_SES} is on, and {pool.id} verifies by link"
        yield Finding(Code.MAIL_VERIFIED_BY_LINK, place, what)
    if pool.sends_by_ses and not words_mail:
        yield Finding(Code.MAIL_NOT_WORDED, place, f"{POOL_SENDS_BY_SES} is off, and {pool.id} sends by SES")


# ---- its app clients --------------------------------------------------------------------------------------------


def _written_attributes(_seen: Seen, client: LiveClient) -> Iterator[Finding]:
    custom = {name for name in client.writes if name.startswith(_CUSTOM)}
    authority = {name for name in custom if _AUTHORITY.search(name.removeprefix(_CUSTOM))} | client.writes & _PROOF
    if authority:
        what = f"Its users may write {', '.join(sorted(authority))}"
        yield Finding(Code.CLIENT_WRITES_AUTHORITY, client_place(client), what)
    if others := custom - authority:
        what = f"Its users may write {', '.join(sorted(others))}"
        yield Finding(Code.CLIENT_WRITES_CUSTOM_ATTRIBUTES, client_place(client), what)


def _clear_passwords(_seen: Seen, client: LiveClient) -> Iterator[Finding]:
    for code, flows in (
        (Code.CLIENT_SENDS_PASSWORDS, client.flows & _PASSWORD_FLOWS),
        (Code.BACKEND_SENDS_PASSWORDS, client.flows & _BACKEND_FLOWS),
    ):
        if flows:
            yield Finding(code, client_place(client), f"ExplicitAuthFlows has {', '.join(sorted(flows))}")


def _implicit_flow(_seen: Seen, client: LiveClient) -> Iterator[Finding]:
    if _IMPLICIT in client.grants:
        yield Finding(Code.CLIENT_TAKES_IMPLICIT_FLOW, client_place(client), "AllowedOAuthFlows has implicit")


def _unknown_flows(_seen: Seen, client: LiveClient) -> Iterator[Finding]:
    if unknown := unknown_flows(client):
        what = f"ExplicitAuthFlows has {', '.join(sorted(unknown))}"
        yield Finding(Code.CLIENT_FLOW_UNKNOWN, client_place(client), what)


def _told_users(seen: Seen, client: LiveClient) -> Iterator[Finding]:
    if not client.hides_users and _ways(seen, client):
        what = "PreventUserExistenceErrors is not ENABLED"
        yield Finding(Code.CLIENT_TELLS_USERS_APART, client_place(client), what)


def _revocation(seen: Seen, client: LiveClient) -> Iterator[Finding]:
    if not client.revokes_tokens and _ways(seen, client):
        yield Finding(Code.CLIENT_KEEPS_REVOKED_TOKENS, client_place(client), "EnableTokenRevocation is off")


def _declared_ways(seen: Seen, client: LiveClient) -> Iterator[Finding]:
    place, ways, row = client_place(client), _ways(seen, client), seen.row(client.id)
    if seen.declared is None:
        return
    if row is None:
        what = f"It offers {_words(ways)}" if ways else "It offers people no way in"
        yield Finding(Code.CLIENT_NOT_DECLARED, place, what)
    elif not row.ways and row.tenant_id is not None:
        if ways:
            yield Finding(Code.MACHINE_LETS_PEOPLE_IN, place, f"It is a machine, and offers {_words(ways)}")
    else:
        covered = row.ways | (_CHALLENGES if row.ways & _CHALLENGES else frozenset())
        if more := ways - covered:
            what = f"It offers {_words(more)}, and declares {_words(row.ways)}"
            yield Finding(Code.CLIENT_OFFERS_MORE, place, what)
        offered = ways | (_CHALLENGES if ways & _CHALLENGES else frozenset())
        if less := row.ways - offered:
            yield Finding(Code.CLIENT_OFFERS_LESS, place, f"It declares {_words(less)}, and offers {_words(ways)}")


# ---- what is there and what is not ------------------------------------------------------------------------------


def _outputs(seen: Seen) -> Iterator[Finding]:
    for name in FUNCTIONS:
        if name not in seen.expected:
            yield Finding(Code.NOT_CHECKED, "stack", f"It has no output {name}FunctionArn")


def _gone_clients(seen: Seen) -> Iterator[Finding]:
    if seen.client_ids is not None:
        for row in seen.declared or ():
            if row.id not in seen.client_ids:
                place = f"app client {row.name} ({row.id})"
                yield Finding(Code.DECLARED_CLIENT_GONE, place, "The pool has no such app client")


RULES: tuple[Callable[[Seen], Iterable[Finding]], ...] = (_outputs, _gone_clients)
CLIENT_RULES: tuple[Callable[[Seen, LiveClient], Iterable[Finding]], ...] = (
    _written_attributes,
    _clear_passwords,
    _implicit_flow,
    _unknown_flows,
    _told_users,
    _revocation,
    _declared_ways,
)
POOL_RULES: tuple[Callable[[Seen, UserPool], Iterable[Finding]], ...] = (
    _tier,
    _case,
    _address_change,
    _sign_up,
    _registration,
    _triggers,
    _old_token_key,
    _machine_tokens,
    _invoke_permissions,
    _auto_verify,
    _mail,
)


def _trigger(pool: UserPool, key: str) -> Trigger | None:
    """Return what a key names; where only the old key of tokens is set, that, which sends V1_0."""
    found = pool.triggers.get(key)
    if found is None and key == _TOKENS and _OLD_TOKENS in pool.triggers:
        return Trigger(pool.triggers[_OLD_TOKENS].arn, "V1_0")
    return found


def _ways(seen: Seen, client: LiveClient) -> frozenset[str]:
    return ways_offered(client) if seen.pool is None else ways_offered(client, seen.pool.first_factors)


def _is_on(seen: Seen, name: str, setting: str) -> bool | None:
    settings = seen.function(name).settings
    return None if settings is None or name not in seen.expected else settings.get(setting) == "true"


def _words(ways: Iterable[str]) -> str:
    return ", ".join(sorted(ways)) or "nothing"
