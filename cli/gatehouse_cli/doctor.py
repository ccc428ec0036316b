"""`gatehouse doctor`: whether the user pool, its app clients and the functions are as Gatehouse needs them."""

import typer

from gatehouse.domain.diagnosis import is_serious
from gatehouse.domain.finding import Finding
from gatehouse.services.doctor import examine
from gatehouse_cli.desk import AsJson, StackName, open_desk
from gatehouse_cli.errors import REFUSED
from gatehouse_cli.output import Column, print_list

_SEVERITY = Column("SEVERITY", "severity")
_CODE = Column("CODE", "code")
_WHERE = Column("WHERE", "where")
_WHAT = Column("WHAT", "what")
_ADVICE = Column("WHAT TO DO", "advice")


def doctor(context: typer.Context, *, as_json: AsJson = False, stack: StackName = None) -> None:
    """Say what is wrong with the live user pool.

    Its settings, its app clients and who may call the functions are compared with the stack and with the app clients
    that are declared. Nothing is changed. The permissions that it takes, besides what every command does: of Cognito
    user pools DescribeUserPool, ListUserPoolClients and DescribeUserPoolClient, of Lambda GetFunctionConfiguration and
    GetPolicy, of DynamoDB Query. What it may not read is a finding too.

    Exit codes: 1 if anything is serious, else 0.

    Example: gatehouse doctor --json
    """
    desk = open_desk(context, stack)
    findings = examine(
        desk.function_arns, is_attached=not desk.own_clients, user_pool=desk.user_pool, clients=desk.app.policies
    )
    print_list(
        map(_fields, findings),
        (_SEVERITY, _CODE, _WHERE, _WHAT, _ADVICE),
        (_SEVERITY, _CODE, _WHERE),
        (_WHAT, _ADVICE),
        as_json=as_json,
        empty="Nothing is wrong: the user pool, its app clients and the functions are as they should be",
    )
    if is_serious(findings):
        raise typer.Exit(REFUSED)


def _fields(of: Finding) -> dict[str, str]:
    return {
        "severity": of.kind.severity.value,
        "code": of.code.value,
        "where": of.where,
        "what": of.what,
        "advice": of.kind.advice,
    }
