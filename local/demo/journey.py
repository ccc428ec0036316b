"""The journey, step by step: each does something, checks what came back, and says what it saw."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from local.demo.people import Answer, Operator, Person, Refused
from local.stack import Stack

NOT_INVITED = "PreSignUp failed with error You have not been invited to this application [not_invited]."


class StepFailed(Exception):
    """A step did not see what it should have."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a sentence, and what carries it out and yields what it saw, line by line."""

    title: str
    walk: Callable[["Journey"], Iterator[str]]


STEPS: list[Step] = []


def step(title: str) -> Callable[[Callable[["Journey"], Iterator[str]]], Callable[["Journey"], Iterator[str]]]:
    """Add a step to the journey."""

    def add(walk: Callable[["Journey"], Iterator[str]]) -> Callable[["Journey"], Iterator[str]]:
        STEPS.append(Step(title, walk))
        return walk

    return add


@dataclass(slots=True)
class Journey:
    """What the steps share: the stack, the operator, Ana, and the tokens of the invitations made so far."""

    stack: Stack
    operator: Operator = field(init=False)
    ana: Person = field(init=False)
    invitations: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bring the people in."""
        self.operator = Operator(self.stack)
        self.ana = Person(self.stack, "ana@acme.com")

    def invite(self, address: str, tenant: str, role: str) -> Answer:
        """Let the operator invite an address, and keep the token that the command printed."""
        answer = self.operator.run("invite", "create", address, "--tenant", tenant, "--role", role)
        if answer.status == 0:
            self.invitations[address] = answer.objects[0]["token"]
        return answer


def done(answer: Answer) -> Answer:
    """Expect that a command was carried out."""
    if answer.status:
        raise StepFailed(f"the command ended with {answer.status}: {answer.complaint}")
    return answer


def expect(holds: bool, otherwise: object) -> None:  # noqa: FBT001 - reads as a sentence
    """Expect that something holds."""
    if not holds:
        raise StepFailed(str(otherwise))


def refused(answer: Refused | None, error: str, message: str) -> Refused:
    """Expect a refusal by name and words."""
    if answer is None:
        raise StepFailed(f"nobody refused; expected {error}: {message}")
    expect((answer.error, answer.message) == (error, message), f"refused otherwise: {answer}")
    return answer


def renewed(answer: Refused | None, person: Person, tenant: str, role: str) -> str:
    """Expect new tokens that name a tenant and a role, both of them."""
    expect(answer is None, answer)
    for use in ("id", "access"):
        claims = person.claims(use)
        named = (claims.get("tenant_id"), claims.get("tenant_role"))
        expect(named == (tenant, role), f"the {use} token names {named}")
    return f"both tokens now say tenant_id={tenant} tenant_role={role}"


@step("The stack is deployed from template.yaml")
def _deployed(journey: Journey) -> Iterator[str]:
    outputs = journey.stack.outputs
    yield f"user pool {outputs['UserPoolId']}, app client {outputs['UserPoolClientId']}"
    config = journey.stack.client("cognito-idp").describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    triggers = sorted(config["LambdaConfig"])
    expect("PreSignUp" in triggers and "PreTokenGenerationConfig" in triggers, triggers)
    yield f"triggers {', '.join(triggers)}"


@step("The operator makes the tenants acme, with two seats, and globex and initech, without a limit")
def _tenants(journey: Journey) -> Iterator[str]:
    done(journey.operator.run("tenant", "create", "acme", "--name", "Acme", "--seats", "2"))
    done(journey.operator.run("tenant", "create", "globex", "--name", "Globex"))
    done(journey.operator.run("tenant", "create", "initech", "--name", "Initech"))
    listed = [tenant["tenant"] for tenant in done(journey.operator.run("tenant", "list")).objects]
    expect(listed == ["acme", "globex", "initech"], listed)
    yield f"gatehouse tenant list: {', '.join(listed)}"


@step("A stranger's sign-up is refused, and the stranger's program sees the sentence")
def _stranger(journey: Journey) -> Iterator[str]:
    stranger = Person(journey.stack, "stranger@example.com")
    yield str(refused(stranger.sign_up(), "UserLambdaValidationException", NOT_INVITED))


@step("Ana is invited to acme as admin")
def _invited(journey: Journey) -> Iterator[str]:
    invitation = done(journey.invite(journey.ana.address, "acme", "admin")).objects[0]
    expect(invitation["link"].endswith(f"#invitation={invitation['token']}"), invitation["link"])
    yield f"the link, shown once: {invitation['link'][:64]}…"
    yield f"it ends {invitation['expires_at']}"


@step("Her address without the token is refused: anyone can type an address")
def _without_token(journey: Journey) -> Iterator[str]:
    yield str(refused(journey.ana.sign_up(), "UserLambdaValidationException", NOT_INVITED))


@step("She signs up with the token that the command printed")
def _signs_up(journey: Journey) -> Iterator[str]:
    answer = journey.ana.sign_up(journey.invitations[journey.ana.address])
    expect(answer is None, answer)
    yield "Cognito has made her profile, unconfirmed, and mailed a code"


@step("A wrong confirmation code is refused")
def _wrong_code(journey: Journey) -> Iterator[str]:
    wrong = f"{(int(journey.ana.mailed_code()) + 1) % 1_000_000:06}"
    answer = journey.ana.confirm(wrong)
    expect(answer is not None and answer.error == "CodeMismatchException", answer)
    yield str(answer)


@step("The right code confirms her, and that joins her to acme")
def _joined(journey: Journey) -> Iterator[str]:
    answer = journey.ana.confirm(journey.ana.mailed_code())
    expect(answer is None, answer)
    members = done(journey.operator.run("member", "list", "--tenant", "acme")).objects
    expect([(one["address"], one["role"]) for one in members] == [(journey.ana.address, "admin")], members)
    yield f"gatehouse member list: {members[0]['address']}, {members[0]['role']}, {members[0]['status']}"
    seats = done(journey.operator.run("tenant", "show", "acme")).objects[0]["seats"]
    expect((seats["limit"], seats["held"]) == (2, 1), seats)
    yield f"gatehouse tenant show: {seats['held']} of {seats['limit']} seats held"


@step("She signs in by SRP")
def _signs_in(journey: Journey) -> Iterator[str]:
    journey.ana.sign_in()
    yield f"Cognito issued {', '.join(sorted(name for name in journey.ana.tokens if name.endswith('Token')))}"


@step("Both tokens are signed by the pool's keys and carry tenant, role and permissions")
def _claims(journey: Journey) -> Iterator[str]:
    for use in ("id", "access"):
        claims = journey.ana.claims(use)
        expect(claims.get("tenant_id") == "acme" and claims.get("tenant_role") == "admin", claims)
        expect("members:write" in claims.get("tenant_permissions", []), claims)
        yield f"{use}: tenant_id=acme tenant_role=admin tenant_permissions={','.join(claims['tenant_permissions'])}"


@step("Ana is invited to globex too, and accepts with a refresh that names it")
def _accepts(journey: Journey) -> Iterator[str]:
    done(journey.invite(journey.ana.address, "globex", "member"))
    answer = journey.ana.refresh(accept_tenant_id="globex")
    yield f"accept_tenant_id=globex: {renewed(answer, journey.ana, 'globex', 'member')}"
    yield f"the list for her menu: tenants={','.join(journey.ana.claims('id')['tenants'])}"


@step("She switches back to acme with a refresh that names it")
def _switches(journey: Journey) -> Iterator[str]:
    answer = journey.ana.refresh(tenant_id="acme")
    yield f"tenant_id=acme: {renewed(answer, journey.ana, 'acme', 'admin')}"


@step("A tenant that is not hers is refused, whether it exists or not")
def _not_hers(journey: Journey) -> Iterator[str]:
    message = "PreTokenGeneration failed with error You are not a member of this organisation [not_a_member]."
    for tenant in ("initech", "nowhere"):
        answer = refused(journey.ana.refresh(tenant_id=tenant), "UserLambdaValidationException", message)
        yield f"tenant_id={tenant}: {answer}"


@step("An expired invitation is refused (the demo itself rewrites Bob's last day in the table)")
def _expired(journey: Journey) -> Iterator[str]:
    bob = Person(journey.stack, "bob@globex.com")
    done(journey.invite(bob.address, "globex", "member"))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    journey.stack.client("dynamodb").update_item(
        TableName=journey.stack.outputs["TableName"],
        Key={"PK": {"S": f"ADDRESS#{bob.address}"}, "SK": {"S": "INVITATION#globex"}},
        UpdateExpression="SET expires_on = :yesterday",
        ExpressionAttributeValues={":yesterday": {"S": yesterday}},
    )
    yield f"expires_on rewritten to {yesterday}"
    answer = bob.sign_up(journey.invitations[bob.address])
    yield str(refused(answer, "UserLambdaValidationException", NOT_INVITED))


@step("A revoked invitation is refused")
def _revoked(journey: Journey) -> Iterator[str]:
    carol = Person(journey.stack, "carol@globex.com")
    done(journey.invite(carol.address, "globex", "viewer"))
    done(journey.operator.run("invite", "revoke", carol.address, "--tenant", "globex"))
    answer = carol.sign_up(journey.invitations[carol.address])
    yield str(refused(answer, "UserLambdaValidationException", NOT_INVITED))


@step("A seat too many is refused")
def _no_seat(journey: Journey) -> Iterator[str]:
    done(journey.invite("dora@acme.com", "acme", "member"))
    answer = journey.invite("emil@acme.com", "acme", "member")
    expect(answer.status == 1 and "[no_seat]" in answer.complaint, answer)
    yield from answer.complaint.splitlines()


@step("acme is suspended: a refresh that names it is refused")
def _suspended(journey: Journey) -> Iterator[str]:
    done(journey.operator.run("tenant", "suspend", "acme"))
    message = "PreTokenGeneration failed with error Access to this organisation is suspended [tenant_suspended]."
    yield str(refused(journey.ana.refresh(tenant_id="acme"), "UserLambdaValidationException", message))


@step("globex still opens to her")
def _other_opens(journey: Journey) -> Iterator[str]:
    answer = journey.ana.refresh(tenant_id="globex")
    yield f"tenant_id=globex: {renewed(answer, journey.ana, 'globex', 'member')}"


@step("acme is resumed and lets her in again")
def _resumed(journey: Journey) -> Iterator[str]:
    done(journey.operator.run("tenant", "resume", "acme"))
    answer = journey.ana.refresh(tenant_id="acme")
    yield f"tenant_id=acme: {renewed(answer, journey.ana, 'acme', 'admin')}"


@step("acme asks for a second step: a refresh by a client that offers less is refused")
def _second_step(journey: Journey) -> Iterator[str]:
    done(journey.operator.run("tenant", "policy", "acme", "--way", "two-step", "--force"))
    message = (
        "PreTokenGeneration failed with error This organisation asks for another way of signing in"
        " [sign_in_method_not_allowed]."
    )
    yield str(refused(journey.ana.refresh(tenant_id="acme"), "UserLambdaValidationException", message))
    done(journey.operator.run("tenant", "policy", "acme", "--any-way"))
    answer = journey.ana.refresh(tenant_id="acme")
    yield f"any way again, tenant_id=acme: {renewed(answer, journey.ana, 'acme', 'admin')}"


@step("She is removed from globex: no token names it any more, and acme is still hers")
def _removed(journey: Journey) -> Iterator[str]:
    done(journey.operator.run("member", "remove", journey.ana.address, "--tenant", "globex", "--yes"))
    message = "PreTokenGeneration failed with error You are not a member of this organisation [not_a_member]."
    yield str(refused(journey.ana.refresh(tenant_id="globex"), "UserLambdaValidationException", message))
    answer = journey.ana.refresh(tenant_id="acme")
    yield f"tenant_id=acme: {renewed(answer, journey.ana, 'acme', 'admin')}"


# Every decision of the journey, in its order: what was decided, how, and why.
DECISIONS = [
    "client:set allow done",
    "client:set allow done",
    "tenant:create allow done",
    "tenant:create allow done",
    "tenant:create allow done",
    "user:sign_up deny address_unknown",
    "invitation:create allow done",
    "user:sign_up deny token_missing",
    "user:sign_up allow invited",
    "member:join allow joined",
    "user:authenticate allow authenticated",
    "token:issue allow default_tenant",
    "invitation:create allow done",
    "member:join allow joined",
    "token:issue allow accepted_tenant",
    "token:issue allow named_tenant",
    "token:issue deny not_a_member",
    "token:issue deny not_a_member",
    "invitation:create allow done",
    "user:sign_up deny invitation_expired",
    "invitation:create allow done",
    "invitation:revoke allow done",
    "user:sign_up deny invitation_revoked",
    "invitation:create allow done",
    "invitation:create deny no_seat",
    "tenant:suspend allow done",
    "token:issue deny tenant_suspended",
    "token:issue allow named_tenant",
    "tenant:resume allow done",
    "token:issue allow named_tenant",
    "tenant:set_policy allow done",
    "token:issue deny sign_in_method_not_allowed",
    "tenant:set_policy allow done",
    "token:issue allow named_tenant",
    "member:remove allow done",
    "token:issue deny not_a_member",
    "token:issue allow named_tenant",
]


@step("The audit log holds every one of these decisions, with its reason")
def _audited(journey: Journey) -> Iterator[str]:
    told = done(journey.operator.run("audit", "tail", "--limit", "200")).objects
    seen = [f"{entry['action']} {entry['outcome']} {entry['reason']}" for entry in told]
    expect(
        sorted(seen) == sorted(DECISIONS), f"the log tells otherwise: {sorted(set(seen) ^ set(DECISIONS))}, {len(seen)}"
    )
    for entry in told:
        tenant, line = entry["tenant_id"] or "-", f"{entry['action']:<19} {entry['outcome']:<5} {entry['reason']:<18}"
        yield f"{entry['at'][11:19]}  {tenant:<8} {line} {entry['target_id']}"
