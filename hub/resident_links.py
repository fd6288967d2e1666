"""Links to a household's own page: worked out from the server's secret, so never stored.

Raising the household's generation makes another link and ends the old one.
"""

import base64
import hashlib
import hmac

from hub.auth.sessions import digest
from store import households
from store.connection import Connection


def token(secret: bytes, *, estate: str, household: str, generation: int) -> str:
    """The token that opens a household's page: 256 bits in base64url."""
    message = f"{estate}|{household}|{generation}".encode()
    mac = hmac.new(secret, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def issue(
    db: Connection, secret: bytes, *, estate: str, household: str, renew: bool = False
) -> str | None:
    """The household's token, from now on valid; None where there is no such household.

    `renew`: another token; the one before stops working.
    """
    generation = households.lock_generation(db, estate_id=estate, household_id=household)
    if generation is None:
        return None
    generation += renew
    made = token(secret, estate=estate, household=household, generation=generation)
    households.set_token(db, digest(made), generation, estate_id=estate, household_id=household)
    return made
