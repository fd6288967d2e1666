"""What a person may enter as a name."""


def printable(text: str) -> str:
    """Text without control characters. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("has characters that cannot be shown: type it anew, on one line")
    return text
