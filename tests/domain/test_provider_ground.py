"""What admits the owner of a federated profile: an invitation first, a tenant's rule else, and why not."""

from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.admission import AddressPage, provider_ground
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.errors import NotInvited
from tests.support.builders import ANAS_SUB, NOW, TODAY, a_tenant, an_invitation

TAKES = {"provider_role": Role.MEMBER}
SUSPENDED = {"status": TenantStatus.SUSPENDED}
LATER = NOW + timedelta(minutes=1)


def tenants(**of: dict[str, Any]) -> dict[str, Tenant]:
    return {tenant_id: a_tenant(id=tenant_id, **overrides) for tenant_id, overrides in of.items()}


def ground(
    *invitations: Invitation, of: dict[str, Tenant] | None = None, sub: str = ANAS_SUB
) -> Invitation | Tenant | None:
    return provider_ground(AddressPage(invitations), of or tenants(acme=TAKES), sub, TODAY)


def test_an_open_invitation_comes_before_the_rule() -> None:
    assert ground(an_invitation()) == an_invitation()


def test_of_two_open_invitations_the_newest_counts() -> None:
    newer = an_invitation(tenant_id="globex", invited_at=LATER)

    assert ground(an_invitation(), newer, of=tenants(acme={}, globex={})) == newer


def test_an_invitation_of_a_tenant_that_does_not_map_the_provider_is_none() -> None:
    with pytest.raises(NotInvited) as refused:
        ground(an_invitation(tenant_id="globex"), of=tenants(acme={}))

    assert refused.value.reason == "address_unknown"


@pytest.mark.parametrize(
    "slots",
    [
        pytest.param((), id="never invited"),
        pytest.param((an_invitation(status=InvitationStatus.REVOKED),), id="revoked"),
        pytest.param((an_invitation(expires_on=TODAY - timedelta(days=1)),), id="past its day"),
    ],
)
def test_a_rule_takes_whom_no_invitation_names(slots: tuple[Invitation, ...]) -> None:
    assert ground(*slots) == a_tenant(**TAKES)


def test_a_rule_takes_nobody_who_was_removed() -> None:
    with pytest.raises(NotInvited) as refused:
        ground(an_invitation(status=InvitationStatus.REMOVED, sub="somebody-else"))

    assert refused.value.reason == "invitation_removed"


@pytest.mark.parametrize("sub", [ANAS_SUB, ""], ids=["a profile", "a profile to be"])
def test_the_place_of_another_profile_is_taken_over_and_not_taken_twice(sub: str) -> None:
    taken = ground(an_invitation(status=InvitationStatus.ACCEPTED, sub="somebody-else"), sub=sub)

    assert isinstance(taken, Invitation)
    assert (taken.replaces, taken.status) == ("somebody-else", InvitationStatus.PENDING)


def test_no_place_is_taken_over_in_a_tenant_that_is_suspended() -> None:
    with pytest.raises(NotInvited) as refused:
        ground(
            an_invitation(status=InvitationStatus.ACCEPTED, sub="somebody-else"),
            of=tenants(acme={"status": TenantStatus.SUSPENDED}),
        )

    assert refused.value.reason == "invitation_accepted"


def test_who_has_joined_before_joins_no_more() -> None:
    assert ground(an_invitation(status=InvitationStatus.ACCEPTED, sub=ANAS_SUB)) is None


def test_before_there_is_a_profile_nobody_has_joined() -> None:
    with pytest.raises(NotInvited):
        ground(an_invitation(status=InvitationStatus.ACCEPTED, sub=None), sub="")


def test_of_two_tenants_that_would_take_somebody_none_does() -> None:
    with pytest.raises(NotInvited) as refused:
        ground(of=tenants(acme=TAKES, globex=TAKES))

    assert refused.value.reason == "address_unknown"


def test_a_suspended_tenant_takes_nobody() -> None:
    assert ground(of=tenants(acme=TAKES | SUSPENDED, globex=TAKES)) == a_tenant(id="globex", **TAKES)


def test_an_invitation_of_a_suspended_tenant_admits_nobody() -> None:
    with pytest.raises(NotInvited) as refused:
        ground(an_invitation(), of=tenants(acme=SUSPENDED))

    assert (refused.value.reason, refused.value.tenant_id) == ("tenant_suspended", "acme")
