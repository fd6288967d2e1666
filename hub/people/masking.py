"""How personal data look to those who do not need to see them."""


def unit_label(household: str, unit: str | None) -> str:
    """What a household is called on screen: `12-03` for flat B3-12-03, `P145` for bay G1-P145."""
    parts = household.split("-")
    return "-".join(parts[-2:] if unit else parts[-1:])


def masked_name(name: str | None, label: str) -> str:
    """`R*** 12-03` for `Resident 12-03`; only the label where the name was erased."""
    return f"{name[0]}*** {label}" if name else label
