"""What teams usually ship: boto3's resource, Powertools with all three of its pillars, and a parsed event."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.parser import BaseModel, parse
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
tracer = Tracer()
metrics = Metrics()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


class TokenRequest(BaseModel):
    """What a token is asked for with."""

    userAttributes: dict[str, str]  # noqa: N815 - Cognito's spelling


class TokenEvent(BaseModel):
    """Pre token generation's event."""

    triggerSource: str  # noqa: N815 - Cognito's spelling
    userName: str  # noqa: N815 - Cognito's spelling
    request: TokenRequest


@metrics.log_metrics
@tracer.capture_lambda_handler
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Read the user's row, say so, count it, and put its tenant into the token."""
    token = parse(event=event, model=TokenEvent)
    sub = token.request.userAttributes["sub"]
    profile = table.get_item(Key={"PK": f"USER#{sub}", "SK": "PROFILE"}, ConsistentRead=True)["Item"]
    logger.info("issued", extra={"trigger_source": token.triggerSource, "tenant_id": profile["tenant_id"]})
    metrics.add_metric(name="Issued", unit=MetricUnit.Count, value=1)
    claims = {"claimsToAddOrOverride": {"tenant_id": profile["tenant_id"]}}
    event["response"] = {"claimsAndScopeOverrideDetails": {"idTokenGeneration": claims}}
    return event
