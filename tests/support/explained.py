"""Events explained: what a trigger would decide about one, asked of a rehearsal of its very use case."""

from dataclasses import replace
from typing import Any

from gatehouse.aws import Aws
from gatehouse.aws.deadline import Deadline
from gatehouse.domain.rules import Verdict
from gatehouse.runtime.desk import Rehearsed, rehearse
from gatehouse.runtime.events.post_confirmation import PostConfirmationEvent
from gatehouse.runtime.events.pre_sign_up import PreSignUpEvent
from gatehouse.runtime.events.pre_token_generation import PreTokenGenerationEvent
from gatehouse.runtime.settings import Settings
from gatehouse.services.explain import Explanation, SignUpStores, explain_sign_up, explain_token
from gatehouse.services.sign_up import SignUpPolicy
from gatehouse.services.tokens import TokenRequest
from tests.support.stores import TestClock

_HOUR = 3600.0


def rehearsed(aws: Aws, clock: TestClock, settings: Settings) -> Rehearsed:
    """Return an app over a rehearsal, on the test's clock."""
    return rehearse(aws, settings, Deadline(_HOUR, clock.monotonic), clock)


def sign_up_explained(stage: Rehearsed, event: dict[str, Any], provider: str | None = None) -> Explanation:
    """Explain an event of pre sign-up."""
    app = stage.app
    return explain_sign_up(
        PreSignUpEvent(event).sign_up(app.clock()),
        SignUpPolicy(app.settings.auto_verify, app.settings.admit_by_address),
        provider=provider,
        stores=SignUpStores(
            addresses=app.addresses, tenants=app.tenants, providers=app.providers, rules=app.join_rules
        ),
        recorder=app.recorder,
        watch=stage.watch,
    )


def token_explained(stage: Rehearsed, event: dict[str, Any], *, is_refresh: bool = True) -> Explanation:
    """Explain an event of pre token generation; as of a refresh, which asks no identity provider."""
    asked = PreTokenGenerationEvent(event).token(stage.app.clock())
    return _token(stage, replace(asked, is_refresh=is_refresh))


def confirmation_explained(stage: Rehearsed, event: dict[str, Any]) -> Explanation:
    """Explain what would join the user of an event of post confirmation: the first token asks the same."""
    user = PostConfirmationEvent(event).user(stage.app.clock())
    return _token(stage, TokenRequest(user=user, tenant_id=None, accept_tenant_id=None, is_refresh=True))


def stopped(explanation: Explanation) -> list[tuple[str, str]]:
    """Return the rules at which a part has ended, each with its reason."""
    ends = (Verdict.REFUSES, Verdict.WAITS)
    return [(f"{one.part}: {one.rule.name}", one.reason) for one in explanation.judgements if one.verdict in ends]


def _token(stage: Rehearsed, request: TokenRequest) -> Explanation:
    return explain_token(
        request, stores=stage.app.token_stores, seats=stage.app.tenants, recorder=stage.app.recorder, watch=stage.watch
    )
