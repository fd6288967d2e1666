"""Keys that the hub makes itself on first use, in files that only its account can read."""

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.errors import HubError
from hub.sealing.sealer import KEY_BYTES, Sealer
from hub.settings import HubSettings

_SHORTEST_SECRET = 32


class UnusableKey(HubError):
    """A key file, or the data directory for it, cannot be used."""


@dataclass(frozen=True)
class Keys:
    """`secret` makes the residents' links; `vapid_pem` signs web push (P-256, PKCS 8).

    `vapid_public` is the applicationServerKey of the Push API: its uncompressed point in base64url.
    `sealer` closes and opens personal data.
    """

    secret: bytes
    vapid_pem: bytes
    vapid_public: str
    sealer: Sealer


def load_keys(settings: HubSettings) -> Keys:
    """The keys that the settings name, made where there are none. Raises UnusableKey."""
    if settings.server_secret is not None:
        secret = settings.server_secret.get_secret_value().encode()
    else:
        secret = _kept(settings.data_dir / "server.secret", lambda: secrets.token_bytes(32).hex())
    if len(secret) < _SHORTEST_SECRET:
        raise UnusableKey(
            f"server secret has {len(secret)} characters: use {_SHORTEST_SECRET} or more"
        )
    vapid = settings.vapid_key_file or settings.data_dir / "vapid.pem"
    pem = _kept(vapid, _new_vapid_pem)
    try:
        return Keys(secret, pem, _public_of(pem), load_sealer(settings))
    except ValueError as reason:
        raise UnusableKey(
            f"web push key {vapid}: {reason}; remove the file to have a new one made, "
            "which every browser must then subscribe with again"
        ) from reason


def load_sealer(settings: HubSettings, *, make: bool = True) -> Sealer:
    """The sealer of personal data; where it has no key, one is made, unless not `make`.

    Raises UnusableKey.
    """
    if settings.contact_keys is not None:
        source, written = "GATEHOUSE_CONTACT_KEYS", settings.contact_keys.get_secret_value()
    else:
        path = settings.data_dir / "contact.keys"
        source = str(path)
        if not make and not path.exists():
            return Sealer(())
        written = _kept(path, lambda: secrets.token_hex(KEY_BYTES)).decode(errors="replace")
    keys = [_sealing_key(word) for word in written.replace(",", " ").split()]
    if not keys or None in keys:
        raise UnusableKey(
            f"{source}: give {2 * KEY_BYTES} hexadecimal digits for each key, the newest first; "
            "without the key that it was sealed with, no contact of a household can be read"
        )
    return Sealer(tuple(key for key in keys if key is not None))


def _sealing_key(word: str) -> bytes | None:
    try:
        key = bytes.fromhex(word)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _public_of(pem: bytes) -> str:
    """Raises ValueError: not a private key of curve P-256."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("not a private key of curve P-256")
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _new_vapid_pem() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _kept(path: Path, make: Callable[[], str]) -> bytes:
    """The file's content; made whole, or not at all, where two processes start at once."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(make())
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_bytes().strip()
    except OSError as reason:
        raise UnusableKey(
            f"key file {path}: {reason.strerror}; make the folder writable for this account, "
            "or name another one with GATEHOUSE_DATA_DIR"
        ) from reason
