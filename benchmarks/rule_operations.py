"""The operations of what takes people in by a rule: codes, verified domains, requests to join."""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.seeded_stage import Act, Prepare, Stage, first
from benchmarks.seeding import LARGEST
from gatehouse.domain.code import Code, CodeStatus, hash_code
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import DomainClaim, DomainRule, JoinMode, JoinRequest, Proof
from tests.support.builders import NOW, TODAY, a_claim, a_code, a_domain_rule, a_request


def _order_code(stage: Stage) -> Code:
    number = stage.number()
    return a_code(id=f"01KAS4Q4W0{number:016d}", hash=hash_code(f"code {number}"), tenant_id=LARGEST)


def _code(stage: Stage) -> Code:
    made = _order_code(stage)
    stage.app.codes.create(made, stage.entry())
    return made


def _find_code(stage: Stage) -> Act:
    code = _code(stage)
    return lambda: stage.app.codes.find(code.hash)


def _get_code(stage: Stage) -> Act:
    code = _code(stage)
    return lambda: stage.app.codes.get(LARGEST, code.id)


def _create_code(stage: Stage) -> Act:
    made = _order_code(stage)
    return lambda: stage.app.codes.create(made, stage.entry())


def _pause_code(stage: Stage) -> Act:
    code = _code(stage)
    return lambda: stage.app.codes.set_status(LARGEST, code.id, CodeStatus.PAUSED, stage.entry())


def _join_by_code(stage: Stage) -> Act:
    code, membership = _code(stage), stage.membership(stage.order())
    slot = stage.slot(membership)
    return lambda: stage.app.addresses.join_by_rule(slot, membership, stage.entry(), TODAY, code)


def _order_claim(stage: Stage) -> DomainClaim:
    return a_claim(domain=f"new-{stage.number()}.example", tenant_id=LARGEST, mode=JoinMode.APPROVAL)


def _claim(stage: Stage) -> DomainClaim:
    made = _order_claim(stage)
    stage.app.domains.claim(made, stage.entry())
    return made


def _verified(stage: Stage) -> DomainRule:
    made = _claim(stage)
    stage.app.domains.verify(replace(made, proof=Proof.DNS, verified_at=NOW), stage.entry())
    return a_domain_rule(domain=made.domain, tenant_id=LARGEST, mode=made.mode)


def _rule_of(stage: Stage) -> Act:
    domain = _verified(stage).domain
    return lambda: stage.app.domains.rule_of(domain)


def _claims(stage: Stage) -> Act:
    domain = _verified(stage).domain
    return lambda: stage.app.domains.claims(domain)


def _claim_domain(stage: Stage) -> Act:
    made = _order_claim(stage)
    return lambda: stage.app.domains.claim(made, stage.entry())


def _verify_domain(stage: Stage) -> Act:
    proven = replace(_claim(stage), proof=Proof.DNS, verified_at=NOW)
    return lambda: stage.app.domains.verify(proven, stage.entry())


def _remove_domain(stage: Stage) -> Act:
    domain = _verified(stage).domain
    return lambda: stage.app.domains.remove(domain, LARGEST, stage.entry())


def _order_request(stage: Stage, rule: DomainRule) -> JoinRequest:
    return a_request(f"new-{stage.number()}@{rule.domain}", sub=stage.sub(), tenant_id=LARGEST)


def _request(stage: Stage) -> JoinRequest:
    rule = _verified(stage)
    made = _order_request(stage, rule)
    stage.app.addresses.ask(made, rule, stage.entry(), TODAY)
    return made


def _ask(stage: Stage) -> Act:
    rule = _verified(stage)
    made = _order_request(stage, rule)
    return lambda: stage.app.addresses.ask(made, rule, stage.entry(), TODAY)


def _get_request(stage: Stage) -> Act:
    made = _request(stage)
    return lambda: stage.app.join_requests.get(made.address, LARGEST)


def _reject(stage: Stage) -> Act:
    made = _request(stage)
    slot = stage.order(address=made.address, status=InvitationStatus.REMOVED, sub=made.sub)
    return lambda: stage.app.join_requests.reject(made, slot, stage.entry(), TODAY)


RULE_OPERATIONS: Mapping[str, Prepare] = {
    "addresses.join_by_rule, a code": _join_by_code,
    "addresses.ask": _ask,
    "codes.find": _find_code,
    "codes.get": _get_code,
    "codes.create": _create_code,
    "codes.set_status": _pause_code,
    "codes.of_tenant, 50 rows": first(lambda app: app.codes.of_tenant(LARGEST)),
    "domains.rule_of": _rule_of,
    "domains.claims": _claims,
    "domains.claim": _claim_domain,
    "domains.verify": _verify_domain,
    "domains.remove": _remove_domain,
    "domains.of_tenant, 50 rows": first(lambda app: app.domains.of_tenant(LARGEST)),
    "domains.verified, 50 rows": first(lambda app: app.domains.verified()),
    "join_requests.get": _get_request,
    "join_requests.reject": _reject,
    "join_requests.of_tenant, 50 rows": first(lambda app: app.join_requests.of_tenant(LARGEST)),
}
