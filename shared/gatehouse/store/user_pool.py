"""The user pool as it stands, with its app clients and the functions that it calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.domain.user_pool import LiveClient, LiveFunction, Trigger, UserPool
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.aws import Aws

_NOT_FOUND = "ResourceNotFoundException"
_CLIENTS_PER_PAGE = 60
# Cognito's defaults, for what an answer leaves out (API reference, UserPoolType and UserPoolClientType).
_TIER = "ESSENTIALS"
_FACTORS = ("PASSWORD",)
_SETTINGS = "GATEHOUSE_"


class LiveUserPool:
    """One user pool, as Cognito and Lambda describe it."""

    def __init__(self, aws: Aws, user_pool_id: str) -> None:
        self._aws = aws
        self.id = user_pool_id

    def pool(self) -> UserPool:
        """Return the pool's own settings."""
        found = self._cognito("DescribeUserPool")["UserPool"]
        updates = found.get("UserAttributeUpdateSettings") or {}
        sign_in = (found.get("Policies") or {}).get("SignInPolicy") or {}
        template = found.get("VerificationMessageTemplate") or {}
        registration = found.get("DcrConfiguration")
        return UserPool(
            id=self.id,
            arn=found["Arn"],
            tier=found.get("UserPoolTier") or _TIER,
            triggers=dict(_triggers(found.get("LambdaConfig") or {})),
            alias_attributes=frozenset(found.get("AliasAttributes") or ()),
            is_case_sensitive=(found.get("UsernameConfiguration") or {}).get("CaseSensitive", True),
            verified_before_update=frozenset(updates.get("AttributesRequireVerificationBeforeUpdate") or ()),
            sends_by_ses=(found.get("EmailConfiguration") or {}).get("EmailSendingAccount") == "DEVELOPER",
            verifies_by_link=template.get("DefaultEmailOption") == "CONFIRM_WITH_LINK",
            first_factors=frozenset(sign_in.get("AllowedFirstAuthFactors") or _FACTORS),
            signs_in_by=frozenset(found.get("UsernameAttributes") or ()),
            verifies=frozenset(found.get("AutoVerifiedAttributes") or ()),
            takes_sign_ups=not (found.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"),
            lets_clients_register=registration is not None and registration.get("EnableStatus") != "Disabled",
        )

    def described(self) -> dict[str, Any]:
        """Return all that DescribeUserPool says of the pool."""
        found: dict[str, Any] = self._cognito("DescribeUserPool")["UserPool"]
        return found

    def factors(self) -> dict[str, Any]:
        """Return all that GetUserPoolMfaConfig says: the second factors, and passkeys."""
        found = self._cognito("GetUserPoolMfaConfig")
        return {name: value for name, value in found.items() if name != "ResponseMetadata"}

    def update(self, request: Mapping[str, Any]) -> None:
        """Change the pool. Cognito resets what the request leaves out (API reference, UpdateUserPool)."""
        self._cognito("UpdateUserPool", **request)

    def client_ids(self) -> list[str]:
        """Return the ids of all app clients, page by page."""
        return list(self._client_ids())

    def client(self, client_id: str) -> LiveClient:
        """Return an app client. Of its secret, which Cognito answers too, nothing is kept."""
        found = self._cognito("DescribeUserPoolClient", ClientId=client_id)["UserPoolClient"]
        return LiveClient(
            id=client_id,
            name=found.get("ClientName") or client_id,
            flows=frozenset(found.get("ExplicitAuthFlows") or ()),
            grants=frozenset(found.get("AllowedOAuthFlows") or ()),
            providers=frozenset(found.get("SupportedIdentityProviders") or ()),
            writes=frozenset(found.get("WriteAttributes") or ()),
            hides_users=found.get("PreventUserExistenceErrors") == "ENABLED",
            revokes_tokens=bool(found.get("EnableTokenRevocation")),
        )

    def configuration(self, function_arn: str) -> LiveFunction:
        """Return the settings of the version that an alias names, or that there is none.

        Raises:
            AwsError: also if Lambda cannot decrypt them.
        """
        try:
            found = self._lambda("GetFunctionConfiguration", function_arn)
        except AwsError as error:
            if error.code == _NOT_FOUND:
                return LiveFunction(is_gone=True)
            raise
        environment = found.get("Environment") or {}
        if problem := environment.get("Error"):
            raise AwsError(problem.get("ErrorCode") or "Unknown", problem.get("Message") or "")
        variables = environment.get("Variables") or {}
        return LiveFunction({name: value for name, value in variables.items() if name.startswith(_SETTINGS)})

    def policy(self, function_arn: str) -> Mapping[str, Any]:
        """Return the policy of an alias: who may call it; empty if nobody may."""
        try:
            found: dict[str, Any] = json.loads(self._lambda("GetPolicy", function_arn)["Policy"])
        except AwsError as error:
            if error.code == _NOT_FOUND:
                return {}
            raise
        return found

    def _client_ids(self) -> Iterator[str]:
        start: dict[str, str] = {}
        while True:
            page = self._cognito("ListUserPoolClients", MaxResults=_CLIENTS_PER_PAGE, **start)
            yield from (client["ClientId"] for client in page["UserPoolClients"])
            if not page.get("NextToken"):
                return
            start = {"NextToken": page["NextToken"]}

    def _cognito(self, operation: str, **payload: Any) -> dict[str, Any]:
        return self._aws.call("cognito-idp", operation, {"UserPoolId": self.id} | payload)

    def _lambda(self, operation: str, function_arn: str) -> dict[str, Any]:
        name, _, alias = function_arn.rpartition(":")
        return self._aws.call("lambda", operation, {"FunctionName": name, "Qualifier": alias})


def _triggers(config: Mapping[str, Any]) -> Iterator[tuple[str, Trigger]]:
    """Yield what each key names: an ARN, or an object with one and a version."""
    for key, value in config.items():
        if isinstance(value, dict) and value.get("LambdaArn"):
            yield key, Trigger(value["LambdaArn"], value.get("LambdaVersion"))
        elif isinstance(value, str) and value:
            yield key, Trigger(value)
