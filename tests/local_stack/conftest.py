"""One local stack for all tests that need the product deployed."""

from collections.abc import Iterator

import pytest

from gatehouse.runtime.desk import OperatorDesk, Place, operator_desk
from gatehouse.runtime.settings import Settings
from local.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack"), port=0, say=lambda _sentence: None) as running:
        yield running


@pytest.fixture(scope="session")
def desk(stack: Stack) -> OperatorDesk:
    """An operator's desk at that stack, for what a test does before Cognito is asked."""
    settings = Settings(table_name=stack.outputs["TableName"], audit_table_name=stack.outputs["AuditTableName"])
    return operator_desk(
        settings,
        stack.outputs["UserPoolId"],
        place=Place(region="us-east-1", endpoint_url=stack.endpoint_url, credentials=("test", "test")),
        unwritten=lambda entry: pytest.fail(f"an entry could not be written: {entry}"),
    )
