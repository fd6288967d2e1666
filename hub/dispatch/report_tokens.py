"""Capabilities in addresses: who has one can report on one message, or answer one callout, and no
more.
"""

import hashlib
import hmac
from typing import Literal

Purpose = Literal["call-answer", "sms-receipt", "callout"]


def report_token(secret: bytes, purpose: Purpose, key: str) -> str:
    """What proves that a report is about the message with this key: the key, and a MAC over it."""
    mac = hmac.new(secret, f"{purpose}:{key}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{key.replace('/', '~')}.{mac}"


def key_of_token(secret: bytes, purpose: Purpose, token: str) -> str | None:
    """The message that the token is about; None where it is not one of ours."""
    key = token.rpartition(".")[0].replace("~", "/")
    ours = report_token(secret, purpose, key)
    return key if hmac.compare_digest(ours.encode(), token.encode()) else None
