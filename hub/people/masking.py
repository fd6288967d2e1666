"""How personal data look to those who do not need to see them."""


def unit_label(household: str, unit: str | None) -> str:
    """What a household is called on screen: `12-03` for flat B3-12-03, `P145` for bay G1-P145."""
    parts = household.split("-")
    return "-".join(parts[-2:] if unit else parts[-1:])


def masked_name(name: str | None, label: str) -> str:
    """`R*** 12-03` for `Resident 12-03`; only the label where the name was erased."""
    return f"{name[0]}*** {label}" if name else label


def masked_phone(phone: str | None) -> str | None:
    """`138****5678`, `+86138****5678`; of a short number only the last two digits."""
    if phone is None:
        return None
    if phone.startswith("+86") and len(phone) == 14:
        return f"{phone[:6]}****{phone[-4:]}"
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}"


def masked_mail(mail: str | None) -> str | None:
    """`a***@example.org`."""
    if mail is None:
        return None
    name, _, host = mail.rpartition("@")
    return f"{name[:1]}***@{host}"


def masked_chat(chat: str | None) -> str | None:
    """`wecom:****`: whoever has a robot's token can write to the household."""
    return f"{chat.partition(':')[0]}:****" if chat else None
