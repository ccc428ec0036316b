import pytest

from tests.local_stack.completion.conftest import HouseBuilder
from tests.local_stack.completion.stack import House

pytestmark = pytest.mark.local_stack


@pytest.fixture
def forgiving(a_house: HouseBuilder) -> House:
    return a_house(UsernameConfiguration={"CaseSensitive": False})


def test_a_pool_that_takes_the_cases_for_one_knows_a_user_in_any(forgiving: House) -> None:
    address = forgiving.address()
    forgiving.signs_up(address.upper())

    forgiving.confirms(address.title(), forgiving.code_for(address))
    tokens = forgiving.signs_in_by_srp(address.upper())

    assert "AccessToken" in tokens


def test_such_a_pool_has_one_user_for_all_spellings(forgiving: House) -> None:
    address = forgiving.address()
    forgiving.signs_up(address)

    with pytest.raises(forgiving.idp.exceptions.UsernameExistsException):
        forgiving.signs_up(address.upper())


def test_a_pool_that_tells_the_cases_apart_has_two(a_house: HouseBuilder) -> None:
    house = a_house(UsernameConfiguration={"CaseSensitive": True})
    address = house.address()

    one, other = house.signs_up(address), house.signs_up(address.upper())

    assert one["UserSub"] != other["UserSub"]
