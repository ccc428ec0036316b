"""What is read and written of a pool itself: real trigger names, and settings that an update leaves out.

AWS resets every mutable setting that UpdateUserPool omits
(https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html); the emulator
changes only what is sent. The caller's signed body stays as it is: the resets are a second call, of our own.
"""

from dataclasses import dataclass

from local.completion.pools import Pools, real, taken_over
from local.completion.wire import Answer, Inner, Json, Refused, Request

# UserPoolTier is left out: an update without it keeps the plan.
_DEFAULTS: Json = {
    "AccountRecoverySetting": {},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
    "AutoVerifiedAttributes": [],
    "DeletionProtection": "INACTIVE",
    "DeviceConfiguration": {},
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "EmailVerificationMessage": "",
    "EmailVerificationSubject": "",
    "LambdaConfig": {},
    "MfaConfiguration": "OFF",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireUppercase": True,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 7,
        }
    },
    "SmsAuthenticationMessage": "",
    "SmsConfiguration": {},
    "SmsVerificationMessage": "",
    "UserAttributeUpdateSettings": {},
    "UserPoolAddOns": {},
    "UserPoolTags": {},
    "VerificationMessageTemplate": {},
}


@dataclass(frozen=True)
class PoolUpdates:
    """Handlers of DescribeUserPool, CreateUserPool and UpdateUserPool."""

    inner: Inner
    pools: Pools

    async def shown(self, request: Request) -> Answer:
        """DescribeUserPool and CreateUserPool: the LambdaConfig that was deployed."""
        answer = await request.forward()
        content = answer.json()
        if answer.failed or not content["UserPool"].get("LambdaConfig"):
            return answer
        content["UserPool"]["LambdaConfig"] = real(content["UserPool"]["LambdaConfig"])
        return answer.with_json(content)

    async def update(self, request: Request) -> Answer:
        """UpdateUserPool: what is left out goes back to its default; raises Refused, if it says one thing twice."""
        _refuse_two_expiries(request.data)
        answer = await request.forward()
        if answer.failed:
            return answer
        resets = {name: value for name, value in _DEFAULTS.items() if name not in request.data}
        triggers = taken_over(request.data.get("LambdaConfig") or {})
        await self.inner.cognito(
            "UpdateUserPool", UserPoolId=request.data["UserPoolId"], **resets | {"LambdaConfig": triggers}
        )
        return answer


def _refuse_two_expiries(data: Json) -> None:
    """Refuse the old expiry of temporary passwords beside the new one, in AWS's words; DescribeUserPool has both."""
    policy = (data.get("Policies") or {}).get("PasswordPolicy") or {}
    if (data.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays") and (
        policy.get("TemporaryPasswordValidityDays") is not None
    ):
        raise Refused(
            "InvalidParameterException",
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
        )
