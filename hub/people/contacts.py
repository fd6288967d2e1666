"""What a person may enter as a household's contact, checked; each fault says the remedy."""

import re

MAIL_PATTERN = (
    r"^[^@\s\x00-\x1f<>\"',;]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}$"
)

_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def phone_number(written: str | None) -> str | None:
    """The number in E.164; spaces, hyphens and brackets are passed over. Raises ValueError."""
    if written is None:
        return None
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


def printable(text: str) -> str:
    """Text without control characters. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("has characters that cannot be shown: type it anew, on one line")
    return text
