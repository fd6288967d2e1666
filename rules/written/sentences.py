"""What is wrong with a file that a person wrote, in sentences that name field and remedy."""

from pydantic import ValidationError

_REMEDIES = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field here; check its spelling or remove it",
    "unexpected_keyword_argument": "is not a field here; check its spelling or remove it",
}


def sentences(error: ValidationError) -> list[str]:
    """One sentence for each fault of a form: the field, what is wrong, the value."""
    return [
        f"{'.'.join(map(str, fault['loc'])) or 'file'}: "
        + _REMEDIES.get(fault["type"], f"{fault['msg']} (got {short(fault['input'])})")
        for fault in error.errors()
    ]


def short(value: object) -> str:
    """The value as a person recognises it, cut to a line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
