"""Keys that the hub makes itself on first use, in files that only its account can read."""

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.errors import HubError
from hub.settings import HubSettings

_SHORTEST_SECRET = 32


class UnusableKey(HubError):
    """A key file, or the data directory for it, cannot be used."""


@dataclass(frozen=True)
class Keys:
    """`secret` makes the residents' links; `vapid_pem` signs web push (P-256, PKCS 8)."""

    secret: bytes
    vapid_pem: bytes

    @cached_property
    def vapid_private(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.vapid_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise UnusableKey("web push key is not of curve P-256: let the hub make one")
        return key

    @cached_property
    def vapid_public(self) -> str:
        """The applicationServerKey of the Push API: the uncompressed point in base64url."""
        point = self.vapid_private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


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
    keys = Keys(secret=secret, vapid_pem=_kept(vapid, _new_vapid_pem))
    _ = keys.vapid_private
    return keys


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
