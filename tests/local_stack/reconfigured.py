"""A deployed function with other settings, for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.stack import Stack


@contextmanager
def reconfigured(stack: Stack, output: str, **variables: str) -> Iterator[None]:
    """Let Cognito call another version of a function, as a deployment with other parameters does.

    Args:
        stack: the local stack.
        output: the output that names the function's alias.
        variables: what differs in its environment.
    """
    functions = stack.client("lambda")
    function, _, alias = stack.outputs[output].rpartition(":")
    deployed = functions.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
    settings = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": settings | variables})
    other = functions.publish_version(FunctionName=function)["Version"]
    functions.get_waiter("published_version_active").wait(FunctionName=function, Qualifier=other)
    try:
        functions.update_alias(FunctionName=function, Name=alias, FunctionVersion=other)
        yield
    finally:
        functions.update_alias(FunctionName=function, Name=alias, FunctionVersion=deployed)
        functions.delete_function(FunctionName=function, Qualifier=other)
        functions.update_function_configuration(FunctionName=function, Environment={"Variables": settings})
