"""What a user joins by, where a code or a verified domain has admitted them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.admission import AddressPage, Admission, Ground, admitted_ground, hash_profile
from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.errors import NotInvited
from tests.support.builders import ANAS_SUB, NOW, a_code_note, a_domain_note, an_admission, an_invitation

ME, ANOTHER = ANAS_SUB, "0265d4c4-7051-70aa-9c1e-3f6f2b8d4e17"
LATER = NOW + timedelta(hours=1)
REVOKED = an_invitation(status=InvitationStatus.REVOKED)


def ground(*notes: Admission, invitations: Sequence[Invitation] = (), user_name: str = ME) -> Any:
    return admitted_ground(AddressPage(invitations, notes), ANAS_SUB, user_name, NOW + timedelta(days=1))


def why_not(*notes: Admission, **others: Any) -> str:
    with pytest.raises(NotInvited) as refused:
        ground(*notes, **others)
    return refused.value.reason


@pytest.mark.parametrize("note", [a_code_note(), a_domain_note()])
def test_a_note_is_what_one_joins_by(note: Admission) -> None:
    assert note == ground(note)


def test_a_code_counts_for_the_profile_that_signed_up_with_it_and_no_other() -> None:
    theirs = a_code_note(user_name=ANOTHER, tenant_id="evil", admitted_at=LATER)

    assert why_not(theirs) == Reason.NOT_ADMITTED
    assert a_code_note() == ground(a_code_note(), theirs)
    assert a_domain_note() == ground(a_domain_note(), theirs)
    assert an_invitation() == ground(an_admission(), theirs, invitations=[an_invitation()])


@pytest.mark.parametrize("user_name", ["", ANOTHER])
def test_a_code_counts_for_no_profile_where_none_was_named(user_name: str) -> None:
    assert why_not(a_code_note(user_name=""), user_name=user_name) == Reason.NOT_ADMITTED


def test_a_code_counts_for_nobody_whose_name_is_their_own_choice() -> None:
    assert why_not(a_code_note(user_name="ana"), user_name="ana") == Reason.NOT_ADMITTED


def test_a_domain_that_anybody_could_have_typed_hides_no_invitation() -> None:
    typed = a_domain_note(tenant_id="globex", admitted_at=LATER)

    assert an_invitation() == ground(an_admission(), typed, invitations=[an_invitation()])


def test_a_code_counts_after_an_invitation_and_a_domain_however_new_it_is() -> None:
    typed = a_code_note(tenant_id="globex", admitted_at=LATER)

    assert an_invitation() == ground(an_admission(), typed, invitations=[an_invitation()])
    assert a_domain_note() == ground(a_domain_note(), typed)
    assert typed == ground(an_admission(), typed, invitations=[REVOKED])


def test_a_domain_still_counts_where_an_invitation_no_longer_does() -> None:
    assert a_domain_note() == ground(an_admission(), a_domain_note(), invitations=[REVOKED])
    assert why_not(an_admission(), invitations=[REVOKED]) == Reason.INVITATION_REVOKED


@pytest.mark.parametrize("note", [a_code_note, a_domain_note])
def test_a_note_of_a_code_or_domain_ends_after_seven_days(note: Any) -> None:
    assert why_not(note(admitted_at=NOW - timedelta(days=6))) == Reason.NOT_ADMITTED


def test_only_what_is_a_rule_can_be_switched_off() -> None:
    assert {one: one.rule for one in Ground if one.rule} == {Ground.CODE: "code", Ground.DOMAIN: "domain"}


def test_no_name_of_a_profile_is_stored() -> None:
    assert ME not in str(a_code_note())
    assert hash_profile("") == ""
