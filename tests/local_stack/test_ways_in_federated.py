"""Identity providers, the first time and later, over the hosted endpoints, a second pool being everybody's directory.

The emulator names pre sign-up when inbound federation has refused, so which gate it was is read from the audit log.
"""

import pytest

from gatehouse.domain.role import Role
from gatehouse.runtime.desk import OperatorDesk
from local.stack import Stack
from tests.local_stack.desk_work import decided, gatehouse, invite, joined, make_tenant, members_of
from tests.local_stack.directory import Directory, open_directory
from tests.local_stack.ways import OTHER_WAY, web

pytestmark = pytest.mark.local_stack

NOT_INVITED = "PreSignUp failed with error You have not been invited to this application [not_invited]."


@pytest.fixture(scope="module")
def directory(stack: Stack) -> Directory:
    return open_directory(stack)


def profiles(stack: Stack, address: str) -> list[str]:
    """Return the status of each profile in the stack's pool that has this address."""
    users = stack.client("cognito-idp").list_users(
        UserPoolId=stack.outputs["UserPoolId"], Filter=f'email = "{address}"'
    )["Users"]
    return [user["UserStatus"] for user in users]


@pytest.mark.invariant(1)
def test_an_unmapped_provider_brings_nobody_and_leaves_no_profile(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "unmapped")
    address = directory.employs("una@unmapped.com")
    invite(desk, address, "unmapped")
    provider = directory.known_as("UnmappedOidc")

    arrival = provider.brings(address)

    assert arrival.refusal == NOT_INVITED
    assert profiles(stack, address) == []
    assert decided(desk, None, "UnmappedOidc") == ["user:federate deny provider_not_mapped"]


def test_a_mapped_provider_makes_members_by_the_tenants_rule(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "ruled")
    address = directory.employs("rika@ruled.com")
    provider = directory.known_as("RuledOidc")
    gatehouse(stack, "provider", "set", "RuledOidc", "--tenant", "ruled", "--domain", "ruled.com")
    gatehouse(stack, "tenant", "policy", "ruled", "--provider-role", "viewer")

    first = provider.brings(address)
    again = provider.brings(address)

    claims = [first.claims("id"), first.claims("access"), again.claims("access")]
    assert [(one["tenant_id"], one["tenant_role"]) for one in claims] == [("ruled", "viewer")] * 3
    assert members_of(desk, "ruled") == [address]
    assert profiles(stack, address) == ["EXTERNAL_PROVIDER"]
    assert decided(desk, "ruled") == [
        "tenant:create allow done",
        "provider:set allow done",
        "tenant:set_policy allow done",
        "user:federate allow provider_mapped",
        "user:sign_up allow taken_by_provider",
        "member:join allow taken_by_provider",
        "token:issue allow default_tenant",
        "user:federate allow provider_mapped",
        "token:issue allow default_tenant",
    ]
    assert decided(desk, None, claims[0]["sub"]) == ["user:authenticate allow authenticated"]


@pytest.mark.invariant(1)
def test_without_a_rule_who_is_brought_needs_an_invitation_by_name(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "named")
    address = directory.employs("nell@named.com")
    provider = directory.known_as("NamedOidc")
    gatehouse(stack, "provider", "set", "NamedOidc", "--tenant", "named", "--domain", "named.com")

    uninvited = provider.brings(address)
    left_behind = profiles(stack, address)
    invite(desk, address, "named", Role.ADMIN)
    invited = provider.brings(address)

    assert uninvited.refusal == NOT_INVITED
    assert left_behind == []
    assert invited.claims()["tenant_role"] == "admin"
    assert members_of(desk, "named") == [address]
    assert decided(desk, "named", "n***@named.com") == [
        "user:sign_up deny address_unknown",
        "user:sign_up allow invited_by_provider",
    ]


@pytest.mark.invariant(1)
def test_a_provider_is_not_believed_of_another_tenants_domain(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "victim")
    make_tenant(desk, "liar")
    gatehouse(stack, "provider", "set", "VictimOidc", "--tenant", "victim", "--domain", "victim.com")
    gatehouse(stack, "provider", "set", "LiarOidc", "--tenant", "liar", "--domain", "liar.com")
    address = directory.employs("vera@victim.com")
    invite(desk, address, "victim")

    arrival = directory.known_as("LiarOidc").brings(address)

    assert arrival.refusal == NOT_INVITED
    assert profiles(stack, address) == []
    assert decided(desk, "liar", "LiarOidc") == ["user:federate deny domain_not_mapped"]


def test_a_provider_that_is_mapped_no_more_brings_nobody_back(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "parted")
    gatehouse(stack, "provider", "set", "PartedOidc", "--tenant", "parted", "--domain", "parted.com")
    address = directory.employs("pia@parted.com")
    invite(desk, address, "parted")
    provider = directory.known_as("PartedOidc")
    provider.brings(address)

    gatehouse(stack, "provider", "remove", "PartedOidc", "--tenant", "parted")
    later = provider.brings(address)

    assert later.refusal == NOT_INVITED
    assert decided(desk, None, "PartedOidc") == ["user:federate deny provider_not_mapped"]
    assert members_of(desk, "parted") == [address]


def test_a_tenant_that_asks_for_its_provider_takes_nothing_else(
    stack: Stack, desk: OperatorDesk, directory: Directory
) -> None:
    make_tenant(desk, "strict")
    native = joined(stack, desk, "nico@strict.com", "strict")
    address = directory.employs("stella@strict.com")
    invite(desk, address, "strict")
    provider = directory.known_as("StrictOidc")
    gatehouse(stack, "provider", "set", "StrictOidc", "--tenant", "strict", "--domain", "strict.com")
    gatehouse(stack, "client", "set", provider.client.id, "--way", "provider:StrictOidc")
    gatehouse(stack, "tenant", "policy", "strict", "--way", "provider:StrictOidc")

    brought = provider.brings(address)
    by_password = web(stack).by_srp(native.address)

    assert brought.claims()["tenant_id"] == "strict"
    assert (by_password.refusal, by_password.tokens) == (OTHER_WAY, {})
