"""Machine clients: an app client that asks for itself gets the one tenant that an operator has declared for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Occasion, Party, PartyKind, Reason
from gatehouse.domain.claims import TENANT_ID, machine_claims
from gatehouse.domain.policy import PolicyPage, known_client_id
from gatehouse.errors import Refusal
from gatehouse.services.tokens import Issued

if TYPE_CHECKING:
    from gatehouse.services.ports import PolicyLookup
    from gatehouse.services.recording import Recorder

_UNREADABLE = Party(PartyKind.CLIENT, "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRequest:
    """An app client that asks with its own credentials, and the trigger's call."""

    client_id: str
    occasion: Occasion


def issue_to_machine(request: MachineRequest, *, policies: PolicyLookup, recorder: Recorder) -> Issued:
    """Decide which tenant a machine's token names: the declared one, whatever its metadata asks for, or none.

    Raises:
        NotAMember: if the declared tenant is not there.
        TenantSuspended: if it is suspended.
        Unavailable: if that could not be read or recorded; there is no token then.
    """
    client_id = known_client_id(request.client_id)
    target = Party(PartyKind.CLIENT, client_id) if client_id else _UNREADABLE
    occasion = replace(request.occasion, actor=target)
    try:
        claims = machine_claims(_page(client_id, policies))
        tenant_id = str(claims[TENANT_ID]) if claims else None
        reason = Reason.MACHINE_TENANT if claims else Reason.MACHINE_WITHOUT_TENANT
        entry = recorder.allow(occasion, Action.TOKEN_ISSUE, reason, tenant_id=tenant_id, target=target)
        recorder.write(entry)
    except Refusal as refusal:
        recorder.deny(occasion, Action.TOKEN_ISSUE, refusal, target)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(occasion, Action.TOKEN_ISSUE, target)
        raise
    return Issued(claims, entry)


def _page(client_id: str | None, policies: PolicyLookup) -> PolicyPage:
    if client_id is None:
        return PolicyPage()
    found = policies.page(client_id, ())
    if found.client is None or found.client.tenant_id is None:
        return found
    return policies.page(client_id, [found.client.tenant_id])
