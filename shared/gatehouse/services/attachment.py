"""Attaching a user pool that was there before the stack, and detaching it: read, merge, write, read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gatehouse.domain.attachment import (
    Change,
    attached,
    detached,
    differences,
    names_any,
    sender_of,
    trigger_changes,
    unknown_settings,
    update_request,
)
from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.diagnosis import AUTO_VERIFY, FUNCTION_OF, FUNCTIONS, POOL_SENDS_BY_SES
from gatehouse.domain.user_pool import may_call
from gatehouse.refusals.attachment import (
    FunctionNotCallable,
    OtherTriggers,
    PoolChanged,
    PoolNotOfStack,
    PoolOnLite,
    PoolSettingUnknown,
    SavedOfAnotherPool,
    SettingsLost,
    SettingsNotTaken,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gatehouse.services.ports import PoolEditor, StackEditor
    from gatehouse.services.recording import Recorder

_EXISTING, _MACHINES, _SENDER, _VERIFIES = "ExistingUserPoolId", "MachineTokens", "SesIdentityArn", "AutoVerify"
_OUTPUT = "FunctionArn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What attaching or detaching would do.

    Args:
        pool: what DescribeUserPool says.
        factors: what GetUserPoolMfaConfig says.
        triggers: the `LambdaConfig` that is to be.
        changes: of triggers.
        parameters: of the stack, that have to change first.
        settings: what each parameter's function must have then, by output and setting.
        parameter_changes: the same, to be shown.
        uncallable: the functions that Cognito may not call for this pool, or that are not there.
        still_named: whether the pool names functions of the stack after it.
    """

    pool: Mapping[str, Any]
    factors: Mapping[str, Any]
    triggers: Mapping[str, Any]
    changes: tuple[Change, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    parameter_changes: tuple[Change, ...] = ()
    uncallable: tuple[str, ...] = ()
    still_named: bool = True

    @property
    def changes_pool(self) -> bool:
        """Return whether the pool is to be changed."""
        return any(one.change != "keep" for one in self.changes)

    @property
    def changes_anything(self) -> bool:
        """Return whether anything is to be changed."""
        return self.changes_pool or bool(self.parameters)

    @property
    def record(self) -> dict[str, Any]:
        """Return what `detach` needs, and the whole request that would bring everything back."""
        return {
            "format": 1,
            "user_pool_id": self.pool["Id"],
            "pool_arn": self.pool["Arn"],
            "earlier": dict(self.pool.get("LambdaConfig") or {}),
            "attached": dict(self.triggers),
            "restore": update_request(self.pool, self.pool.get("LambdaConfig") or {}),
            "user_pool": dict(self.pool),
            "mfa": dict(self.factors),
        }


def plan_attachment(
    function_arns: Mapping[str, str],
    keep: Iterable[str],
    occasion: Occasion,
    *,
    user_pool: PoolEditor,
    stack: StackEditor,
    recorder: Recorder,
) -> Plan:
    """Return what attaching a user pool would do. Nothing is changed.

    Args:
        function_arns: the stack's outputs that name functions, by their names.
        keep: the keys of `LambdaConfig` to leave as they are.
        occasion: for the audit log, which is told of a refusal.
        user_pool: the pool.
        stack: the stack and its parameters.
        recorder: of the refusal.

    Raises:
        PoolNotOfStack: if the stack's functions are not for this pool.
        PoolOnLite: if its plan sends no events of `V2_0`.
        PoolSettingUnknown: if it has a setting that could not be kept.
    """
    with recorder.change(occasion, Action.USER_POOL_ATTACH, tenant_id=None, target=_target(user_pool), fact=""):
        parameters = stack.parameters()
        if parameters.get(_EXISTING) != user_pool.id:
            raise PoolNotOfStack
        pool = user_pool.described()
        if pool.get("UserPoolTier") == "LITE":
            raise PoolOnLite
        if unknown_settings(pool):
            raise PoolSettingUnknown
    kept = frozenset(keep)
    outputs = {name: function_arns[f"{name}{_OUTPUT}"] for name in FUNCTIONS if f"{name}{_OUTPUT}" in function_arns}
    before = pool.get("LambdaConfig") or {}
    after = attached(before, outputs, for_machines=parameters.get(_MACHINES) == "true", keep=kept)
    called = {FUNCTION_OF[key] for key in FUNCTION_OF if key not in kept} & outputs.keys()
    needed = _needed(pool, called, outputs)
    wrong = {place: value for place, value in needed.items() if _setting(user_pool, *place) is not value}
    values = {AUTO_VERIFY: (_VERIFIES, "false"), POOL_SENDS_BY_SES: (_SENDER, sender_of(pool))}
    to_set = dict(values[setting] for _, setting in wrong)
    return Plan(
        pool=pool,
        factors=user_pool.factors(),
        triggers=after,
        changes=tuple(trigger_changes(before, after, outputs.values())),
        parameters=to_set,
        settings=needed,
        parameter_changes=tuple(_parameter_change(one, parameters.get(one), to_set[one]) for one in to_set),
        uncallable=tuple(
            name for name in outputs if name in called and not _is_callable(user_pool, outputs[name], pool)
        ),
    )


def admit(plan: Plan, occasion: Occasion, *, replace: bool, user_pool: PoolEditor, recorder: Recorder) -> None:
    """Refuse a plan that would lock everybody out, or take somebody else's triggers away without being told to.

    Raises:
        FunctionNotCallable: if Cognito could not call what the pool would name.
        OtherTriggers: if the pool names functions of others that would go.
    """
    with recorder.change(occasion, Action.USER_POOL_ATTACH, tenant_id=None, target=_target(user_pool), fact=""):
        if plan.uncallable:
            raise FunctionNotCallable
        if not replace and any(one.is_of_others for one in plan.changes):
            raise OtherTriggers


def attach(
    plan: Plan,
    occasion: Occasion,
    *,
    save: Callable[[Plan], None],
    user_pool: PoolEditor,
    stack: StackEditor,
    recorder: Recorder,
) -> None:
    """Carry a plan out: save what was, set the stack's parameters, write the triggers, and read back.

    Raises:
        PoolChanged: if the pool is not what the plan was made for; nothing of it was changed.
        SettingsLost: if the pool has other settings than it was given, after the change.
        SettingsNotTaken: if the functions do not have the settings that the pool needs; the pool was not changed.
    """
    target = _target(user_pool)
    fact = f"attach/{user_pool.id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.USER_POOL_ATTACH, tenant_id=None, target=target, fact=fact) as entry:
        save(plan)
        if plan.parameters:
            stack.set_parameters(plan.parameters)
        if any(_setting(user_pool, *place) is not value for place, value in plan.settings.items()):
            raise SettingsNotTaken
        meant = _write(plan, user_pool)
        recorder.keep(entry)
    if lost := _lost(meant, plan, user_pool):
        recorder.fail(occasion, Action.USER_POOL_ATTACH, target)
        raise SettingsLost(lost)


def plan_detachment(
    pool_arn: str,
    earlier: Mapping[str, Any],
    was_set: Mapping[str, Any],
    function_arns: Mapping[str, str],
    occasion: Occasion,
    *,
    user_pool: PoolEditor,
    recorder: Recorder,
) -> Plan:
    """Return what detaching a user pool would do: the triggers as they were, and later changes to anything else kept.

    Args:
        pool_arn: of the pool that was attached.
        earlier: the `LambdaConfig` before.
        was_set: the `LambdaConfig` after.
        function_arns: of the stack's functions, by any name.
        occasion: for the audit log, which is told of a refusal.
        user_pool: the pool.
        recorder: of the refusal.

    Raises:
        PoolSettingUnknown: if it has a setting that could not be kept.
        SavedOfAnotherPool: if it is another pool.
    """
    with recorder.change(occasion, Action.USER_POOL_DETACH, tenant_id=None, target=_target(user_pool), fact=""):
        pool = user_pool.described()
        if pool["Arn"] != pool_arn:
            raise SavedOfAnotherPool
        if unknown_settings(pool):
            raise PoolSettingUnknown
    before = pool.get("LambdaConfig") or {}
    after = detached(before, earlier, was_set)
    ours = {*function_arns.values(), *_named(was_set)} - {*_named(earlier)}
    changes = [one for one in trigger_changes(before, after, ours) if one.change != "keep"]
    return Plan(
        pool=pool,
        factors=user_pool.factors(),
        triggers=after,
        changes=tuple(changes),
        still_named=names_any(after, function_arns.values()),
    )


def detach(plan: Plan, occasion: Occasion, *, user_pool: PoolEditor, recorder: Recorder) -> None:
    """Carry a plan out: write the triggers, and read back.

    Raises:
        PoolChanged: if the pool is not what the plan was made for; nothing was changed.
        SettingsLost: if the pool has other settings than it was given, after the change.
    """
    target = _target(user_pool)
    fact = f"detach/{user_pool.id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.USER_POOL_DETACH, tenant_id=None, target=target, fact=fact) as entry:
        meant = _write(plan, user_pool)
        recorder.keep(entry)
    if lost := _lost(meant, plan, user_pool):
        recorder.fail(occasion, Action.USER_POOL_DETACH, target)
        raise SettingsLost(lost)


def _write(plan: Plan, user_pool: PoolEditor) -> Mapping[str, Any]:
    """Write the triggers, if they change; return what the pool should say of itself then."""
    fresh = user_pool.described()
    if differences(plan.pool, fresh):
        raise PoolChanged
    if plan.changes_pool:
        user_pool.update(update_request(fresh, plan.triggers))
    return {**fresh, "LambdaConfig": dict(plan.triggers)}


def _lost(meant: Mapping[str, Any], plan: Plan, user_pool: PoolEditor) -> list[str]:
    """Return what the pool says of itself, or of its second factors, and was not meant to."""
    return differences(meant, user_pool.described()) + differences(plan.factors, user_pool.factors())


def _needed(pool: Mapping[str, Any], called: set[str], outputs: Mapping[str, str]) -> dict[tuple[str, str], bool]:
    """Return what the functions must be set to for a pool, by ARN and setting."""
    needed = {"PreSignUp": (AUTO_VERIFY, False), "CustomMessage": (POOL_SENDS_BY_SES, bool(sender_of(pool)))}
    return {(outputs[name], setting): value for name, (setting, value) in needed.items() if name in called}


def _setting(user_pool: PoolEditor, arn: str, setting: str) -> bool:
    return (user_pool.configuration(arn).settings or {}).get(setting) == "true"


def _is_callable(user_pool: PoolEditor, arn: str, pool: Mapping[str, Any]) -> bool:
    return not user_pool.configuration(arn).is_gone and may_call(user_pool.policy(arn), pool["Arn"])


def _parameter_change(name: str, before: str | None, after: str) -> Change:
    word = "set" if not before else "replace" if after else "remove"
    return Change(name, word, before or None, after or None)


def _named(config: Mapping[str, Any]) -> Iterable[str]:
    return (arn for value in config.values() if (arn := value["LambdaArn"] if isinstance(value, dict) else value))


def _target(user_pool: PoolEditor) -> Party:
    return Party(PartyKind.USER_POOL, user_pool.id)
