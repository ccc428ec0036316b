"""Text messages: which characters they have room for, and how many parts they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.sms import Encoding, SmsSize, sms_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", SmsSize(Encoding.GSM_7, 0, 1), id="nothing"),
        pytest.param("Acme: 123456", SmsSize(Encoding.GSM_7, 12, 1), id="plain"),
        pytest.param("Größe, señor, àèìòù, ΔΦΓ, ¥£", SmsSize(Encoding.GSM_7, 28, 1), id="letters of the alphabet"),
        pytest.param("[5 €]", SmsSize(Encoding.GSM_7, 8, 1), id="brackets and the euro take two places"),
        pytest.param("`", SmsSize(Encoding.UCS_2, 1, 1), id="a back quote is not in the alphabet"),
        pytest.param("ç", SmsSize(Encoding.UCS_2, 1, 1), id="nor is a small c with a cedilla, though the large one is"),
        pytest.param("don\u2019t", SmsSize(Encoding.UCS_2, 5, 1), id="nor a curly apostrophe"),
        pytest.param("コード: 123456", SmsSize(Encoding.UCS_2, 11, 1), id="Japanese"),
        pytest.param("👍", SmsSize(Encoding.UCS_2, 2, 1), id="an emoji takes two"),
    ],
)
def test_a_text_is_sent_as_gsm_7_if_every_character_is_in_it(text: str, expected: SmsSize) -> None:
    assert sms_size(text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("x" * 160, 1, id="one part of GSM-7"),
        pytest.param("x" * 161, 2, id="one more"),
        pytest.param("x" * 306, 2, id="two full parts of GSM-7"),
        pytest.param("x" * 307, 3, id="one more than two"),
        pytest.param("я" * 70, 1, id="one part of UCS-2"),
        pytest.param("я" * 71, 2, id="one more of UCS-2"),
        pytest.param("я" * 134, 2, id="two full parts of UCS-2"),
        pytest.param("я" * 135, 3, id="one more than two of UCS-2"),
        pytest.param("€" * 80, 1, id="80 euros"),
        pytest.param("€" * 152, 2, id="a euro is not torn apart: 76 in each part"),
        pytest.param("€" * 153, 3, id="so 153 of them take a third part"),
        pytest.param("👍" * 66, 2, id="nor is an emoji: 33 in each part"),
        pytest.param("👍" * 67, 3, id="so 67 of them take a third part"),
    ],
)
def test_a_longer_text_is_sent_in_parts_with_less_room_in_each(text: str, parts: int) -> None:
    assert sms_size(text).parts == parts


@given(st.text(max_size=400))
def test_the_parts_have_room_for_the_units_and_none_is_without_need(text: str) -> None:
    size = sms_size(text)

    if size.parts == 1:
        assert size.units <= size.encoding.alone
    else:
        assert size.units > size.encoding.alone
        assert (size.parts - 1) * (size.encoding.joined - 1) < size.units <= size.parts * size.encoding.joined
