"""The kinds of address at which a person is reached: what may be entered, how it looks masked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rules.vocabulary.text import Text

_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")

LONGEST = 200
"""Characters of an address at most."""


@dataclass(frozen=True, slots=True)
class AddressField:
    """One kind of address, under the `name` by which it is kept and entered.

    `label` and `hint` stand beside the field in a form; `typed_as` chooses a phone's keyboard.
    `check` gives what is kept of what was written and raises ValueError, which says the remedy;
    `pattern` is understood by browsers too.
    """

    name: str
    label: Text
    hint: Text
    example: str
    mask: Callable[[str], str]
    check: Callable[[str], str] = str
    pattern: str = r"^[^\x00]*$"
    typed_as: Literal["text", "tel", "email"] = "text"


def phone_number(written: str) -> str:
    """The number in E.164; spaces, hyphens and brackets are passed over. Raises ValueError."""
    bare = re.sub(r"[\s()\-]", "", written)
    if _CHINESE_MOBILE.fullmatch(bare):
        return f"+86{bare}"
    if bare.startswith("+86") and not _CHINESE_MOBILE.fullmatch(bare[3:]) and bare[3:4] == "1":
        raise ValueError("is no Chinese mobile number: 11 digits from 13 to 19 follow +86")
    if _E164.fullmatch(bare):
        return bare
    raise ValueError(
        "is no phone number: give a Chinese mobile number such as 13800005678, "
        "or an international one such as +442079460000"
    )


def masked_phone(phone: str) -> str:
    """`138****5678`, `+86138****5678`; of a short number only the last two digits."""
    if phone.startswith("+86") and len(phone) == 14:
        return f"{phone[:6]}****{phone[-4:]}"
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}"


PHONE = AddressField(
    "phone",
    Text(en="Phone", zh="电话"),
    Text(
        en="A mobile number, or an international one with + before it; kept in E.164.",
        zh="手机号码，或以 + 开头的国际号码；按 E.164 格式保存。",
    ),
    "13800005678",
    mask=masked_phone,
    check=phone_number,
    typed_as="tel",
)
