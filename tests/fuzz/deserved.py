"""What each function may do with an event, by what the world holds: whom it admits, and what it says and writes."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gatehouse.domain.role import Role
from tests.fuzz import oracle
from tests.fuzz.runs import Run, strings
from tests.fuzz.world import EVERY_TENANT
from tests.support.answering import Key

type Claims = Mapping[str, Any]

_CLAIMS = frozenset({"tenant_id", "tenant_role", "tenant_permissions", "tenants", "tenants_truncated"})
_PLACEHOLDERS = frozenset({"{####}", "{username}"})
_LISTS = frozenset({"tenant_permissions", "tenants", "tenants_truncated"})


def sign_up(run: Run) -> None:
    """Nobody is admitted but by an open invitation and its token, a code, a domain's rule, or a provider's word."""
    source = oracle.text(run.before, "triggerSource")
    if source == "PreSignUp_ExternalProvider":
        assert (run.error is None) == (oracle.provider_admission(run.before) is not None)
        assert not run.puts("ADMISSION#")
        assert run.error or not any(response(run).values())
        return
    deserved = oracle.admission(run.before, by_address=run.settings.admit_by_address)
    assert (run.error is None) == (deserved is not None)
    noted = [(f"ADDRESS#{deserved.address}", f"ADMISSION#{deserved.tenant_id}{deserved.kind}")] if deserved else []
    assert noted == run.puts("ADMISSION#")
    if deserved:
        confirms = deserved.is_mailed and run.settings.auto_verify and source == "PreSignUp_SignUp"
        assert response(run) == {
            "autoConfirmUser": confirms,
            "autoVerifyEmail": confirms and "@" in deserved.address,
            "autoVerifyPhone": confirms and "@" not in deserved.address,
        }


def confirmation(run: Run) -> None:
    """Nobody joins but by what was noted for a proven address, and into that tenant only."""
    assert not run.has_responded
    assert joined(run) <= (set() if oracle.is_federated(run.before) else oracle.joins_by_confirmation(run.before))
    assert memberships(run) == run.puts("MEMBERSHIP#")


def pre_authentication(run: Run) -> None:
    """Nobody is refused but a provider's profile, and of those whoever no tenant takes the provider's word for."""
    assert (run.error is None) == oracle.may_return(run.before)
    only_recorded(run)


def only_recorded(run: Run) -> None:
    """Nothing is answered, and nothing written but the record."""
    assert not run.has_responded
    assert all(one.table == run.settings.audit_table_name for one in run.written)


def token(run: Run) -> None:
    """A token names a tenant of which the store has an active membership of that very `sub`, and nothing else."""
    sub = oracle.attribute(run.before, "sub")
    accepts = oracle.asked(run.before, "accept_tenant_id") is not None
    may_join = oracle.joins_by_acceptance(run.before) if accepts else set()
    if not accepts and not oracle.tenants_of(sub):
        may_join = oracle.joins_that_are_due(run.before)
    assert joined(run) <= may_join
    assert memberships(run) == run.puts("MEMBERSHIP#")
    if not sub:
        machine_token(run)
    elif run.error is None:
        for claims in every_claims(run):
            names_what_is_held(run, claims)


def machine_token(run: Run) -> None:
    """A machine's token names the tenant that is declared for it, and any other without a user none."""
    if oracle.text(run.before, "triggerSource") != "TokenGeneration_ClientCredentials":
        assert run.error is None
        assert not run.has_responded
        return
    declared = oracle.machine_tenant(run.before)
    assert (run.error is None) == (declared is None or oracle.is_active(declared))
    if run.error is None:
        assert all(claims == ({"tenant_id": declared} if declared else {}) for claims in every_claims(run))


def names_what_is_held(run: Run, claims: Claims) -> None:
    """The tenant is one that was asked for, if any was; its role and the list of tenants are the store's."""
    sub, by_rule = oracle.attribute(run.before, "sub"), run.puts("INVITATION#")
    new = {tenant_id: new_role(address, tenant_id, by_rule=bool(by_rule)) for address, tenant_id in joined(run)}
    wanted = {oracle.asked(run.before, key) for key in ("tenant_id", "accept_tenant_id")} - {None}

    assert set(claims) <= _CLAIMS
    assert set(claims["tenants"]) <= oracle.tenants_of(sub) | set(new)
    assert not wanted or wanted == {claims.get("tenant_id")}
    if "tenant_id" in claims:
        role = (oracle.roles(sub) | new)[claims["tenant_id"]]
        assert oracle.is_active(claims["tenant_id"])
        assert oracle.is_way_allowed(run.before, claims["tenant_id"])
        assert (role.value, list(role.permissions)) == (claims["tenant_role"], claims["tenant_permissions"])
    else:
        assert set(claims) <= {"tenants", "tenants_truncated"}


def new_role(address: str, tenant_id: str, *, by_rule: bool) -> Role:
    """Return the role of a membership that was made by an invitation, or by a tenant's rule for its provider."""
    if by_rule:
        return EVERY_TENANT[tenant_id].provider_role or Role.MEMBER
    return next(one.invitation.role for one in oracle.offers_to(address) if one.invitation.tenant_id == tenant_id)


def message(run: Run) -> None:
    """A message holds no word of anybody's, and no mail is written for a pool that does not send by SES."""
    assert not run.written
    if run.has_responded:
        words = "\n".join(strings(list(response(run).values())))
        personal = [oracle.part(run.before, "request", name) for name in ("userAttributes", "clientMetadata")]
        assert not [one for one in strings(personal) if one not in _PLACEHOLDERS and len(one) > 5 and one in words]
        assert run.settings.pool_sends_by_ses or not response(run).get("emailMessage")


def challenge(run: Run) -> None:
    """No challenge is offered: no tokens come of one, no answer is right, and only the record is written."""
    assert run.error is None
    if isinstance(run.event, dict):
        assert response(run).get("issueTokens", False) is False
        assert response(run).get("answerCorrect", False) is False
    assert all(one.table == run.settings.audit_table_name for one in run.written)


def federation(run: Run) -> None:
    """Nobody is brought but by a provider whose word a tenant takes, and of what it says nothing is changed."""
    email = oracle.asserted_email(run.before)
    said = {"provider": oracle.text(run.before, "request", "providerName"), "address": email and oracle.spelt(email)}
    noted = [one.row for one in run.written if one.key[1] == "FEDERATION"]

    assert (run.error is None) == oracle.may_be_brought(run.before)
    assert len(noted) == (run.error is None)
    for row in noted:
        assert said == {name: row.get(name, {}).get("S") for name in said}
        assert response(run) == {"userAttributesToMap": {}}


def response(run: Run) -> dict[str, Any]:
    """Return the response, which is there."""
    assert isinstance(run.response, dict)
    return run.response


def joined(run: Run) -> set[oracle.Joining]:
    """Return the invitations that were taken up: the address and the tenant of each."""
    taken = [one for one in run.written if one.operation != "ConditionCheck"]
    keys = [one.key for one in taken if one.key[1].startswith("INVITATION#")]
    return {(address.removeprefix("ADDRESS#"), tenant.removeprefix("INVITATION#")) for address, tenant in keys}


def memberships(run: Run) -> list[Key]:
    """Return the keys of the memberships that these joins make, of this very user."""
    sub = oracle.attribute(run.before, "sub")
    return [(f"USER#{sub}", f"MEMBERSHIP#{tenant_id}") for _, tenant_id in joined(run)]


def every_claims(run: Run) -> Iterator[Claims]:
    """Yield what is claimed in each token; what V1_0 has as JSON, as the value that it is."""
    (container,) = response(run).values()
    if "claimsOverrideDetails" in response(run):
        claims = container["claimsToAddOrOverride"]
        yield {name: json.loads(one) if name in _LISTS else one for name, one in claims.items()}
    else:
        for one in ("idTokenGeneration", "accessTokenGeneration"):
            assert set(container[one]) == {"claimsToAddOrOverride"}
            yield container[one]["claimsToAddOrOverride"]
    keeps_the_groups(run, container)


def keeps_the_groups(run: Run, container: Mapping[str, Any]) -> None:
    """The groups are those that the event came with: none is added, none is left out."""
    came = oracle.part(run.before, "request", "groupConfiguration")
    if not isinstance(came, dict):
        assert "groupOverrideDetails" not in container
        return
    kept = container["groupOverrideDetails"]
    for name in ("groupsToOverride", "iamRolesToOverride"):
        listed = came[name] if isinstance(came.get(name), list) else []
        assert [one for one in listed if isinstance(one, str)] == kept[name]
    preferred = came.get("preferredRole")
    named = [one for one in (preferred if isinstance(preferred, list) else [preferred]) if isinstance(one, str)]
    assert kept["preferredRole"] == (named[0] if named else None)


DESERVED: Mapping[str, Callable[[Run], None]] = {
    "custom_auth_challenge": challenge,
    "custom_message": message,
    "inbound_federation": federation,
    "post_authentication": only_recorded,
    "post_confirmation": confirmation,
    "pre_authentication": pre_authentication,
    "pre_sign_up": sign_up,
    "pre_token_generation": token,
}
