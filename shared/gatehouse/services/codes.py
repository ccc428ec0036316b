"""Codes, as operators make, pause, resume and revoke them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_domain
from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.code import Code, CodeStatus, hash_code, parse_code_id, parse_uses
from gatehouse.domain.invitation import last_day
from gatehouse.domain.policy import parse_rule_role
from gatehouse.domain.tenant import parse_tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.role import Role
    from gatehouse.services.ports import CodeRegister, NewCode, NewId
    from gatehouse.services.recording import Recorder

_ACTIONS = {
    CodeStatus.ACTIVE: Action.CODE_RESUME,
    CodeStatus.PAUSED: Action.CODE_PAUSE,
    CodeStatus.REVOKED: Action.CODE_REVOKE,
}


@dataclass(frozen=True, slots=True)
class CodeMade:
    """A code as it was stored, and the code itself, which exists nowhere else: only its hash is stored."""

    code: Code
    spelling: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrder:
    """What an operator asks for: for which tenant, what people become by it, how many, for how many days.

    The domains are those that an address must be of; none for any address.
    """

    tenant_id: str
    role: Role
    max_uses: int
    days: int
    domains: Iterable[str] = ()


def create_code(
    order: CodeOrder,
    occasion: Occasion,
    *,
    codes: CodeRegister,
    recorder: Recorder,
    new_id: NewId,
    new_code: NewCode,
) -> CodeMade:
    """Make a code by which people of proven addresses join a tenant. It takes no seat: each join takes one.

    Raises:
        InvalidDomain, InvalidExpiry, InvalidRuleRole, InvalidTenantId, InvalidUses: if it cannot be asked for so.
        TenantNotFound: if there is no such tenant.
    """
    now, spelling = occasion.at, new_code()
    code = Code(
        id=new_id(now),
        hash=hash_code(spelling),
        tenant_id=parse_tenant_id(order.tenant_id),
        role=parse_rule_role(order.role),
        status=CodeStatus.ACTIVE,
        max_uses=parse_uses(order.max_uses),
        expires_on=last_day(now, order.days),
        domains=frozenset(map(parse_domain, order.domains)),
        created_by=occasion.actor.id,
        created_at=now,
    )
    target, fact = Party(PartyKind.CODE, code.id), f"code/{code.id}"
    with recorder.change(occasion, Action.CODE_CREATE, tenant_id=code.tenant_id, target=target, fact=fact) as entry:
        codes.create(code, entry)
    return CodeMade(code, spelling)


def set_code_status(
    tenant_id: str, code_id: str, status: CodeStatus, occasion: Occasion, *, codes: CodeRegister, recorder: Recorder
) -> Code:
    """Pause, resume or revoke a code, for good in the last case; return it as it was. It counts from the next join on.

    Raises:
        CodeNotFound, TenantNotFound: if there is no such code.
        CodeRevoked: if it is revoked, and is to be anything else.
        InvalidCodeId, InvalidTenantId: if it cannot be named so.
    """
    tenant, code = parse_tenant_id(tenant_id), parse_code_id(code_id)
    action, target = _ACTIONS[status], Party(PartyKind.CODE, code)
    fact = f"{action}/{code}/{occasion.at.isoformat()}"
    with recorder.change(occasion, action, tenant_id=tenant, target=target, fact=fact) as entry:
        return codes.set_status(tenant, code, status, entry)
