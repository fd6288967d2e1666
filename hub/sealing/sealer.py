"""Text that the database keeps but cannot read: AES-256-GCM, bound to the place it is kept at.

A sealed text is one version byte, 4 bytes that name the key, a random nonce of 12 bytes, then
the ciphertext with its tag. Whoever loses the key has lost the text.
"""

import hashlib
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError

KEY_BYTES = 32

_VERSION = b"\x01"
_NAME_BYTES = 4
_NONCE_BYTES = 12
_HEADER_BYTES = len(_VERSION) + _NAME_BYTES


class CannotOpen(HubError):
    """A sealed text stays closed."""


class KeyMissing(CannotOpen):
    """It was sealed with a key that is not at hand."""


class Tampered(CannotOpen):
    """It was changed, or it stands where it was not sealed for."""


@dataclass(frozen=True)
class Sealer:
    """Seals with the first of `keys` (32 bytes each), and opens what any of them sealed.

    Without any it opens nothing and must not seal.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, text: str, context: str) -> bytes:
        """`text` for the one place that `context` names, such as `household/estate/id/phone`.

        Its parts are joined by slashes, and none of them may hold one.
        """
        header, nonce = _VERSION + _name(self.keys[0]), os.urandom(_NONCE_BYTES)
        closed = AESGCM(self.keys[0]).encrypt(nonce, text.encode(), header + context.encode())
        return header + nonce + closed

    def open(self, sealed: bytes, context: str) -> str:
        """The text that was sealed for `context`.

        Raises KeyMissing: none of the keys sealed it.
        Raises Tampered: it was changed, or was sealed for another place.
        """
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        name = header[len(_VERSION) :]
        key = next((key for key in self.keys if _name(key) == name), None)
        if key is None:
            known = ", ".join(_name(key).hex() for key in self.keys) or "none"
            raise KeyMissing(
                f"{context} was sealed with key {name.hex()}, which is not among the known "
                f"({known}): give that key back"
            )
        try:
            opened = AESGCM(key).decrypt(
                rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + context.encode()
            )
        except (InvalidTag, ValueError) as reason:
            raise Tampered(
                f"{context} was changed outside of Gatehouse, or moved there: enter it anew"
            ) from reason
        return opened.decode()

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the key that seals now has sealed it."""
        return sealed[:_HEADER_BYTES] == _VERSION + _name(self.keys[0])


def _name(key: bytes) -> bytes:
    """What names a key without giving it away."""
    return hashlib.sha256(b"gatehouse sealing key" + key).digest()[:_NAME_BYTES]
