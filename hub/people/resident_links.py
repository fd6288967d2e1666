"""Links to a household's own page: worked out from the server's secret, so never stored.

Raising the household's generation makes another link and ends the old one.
"""

import base64
import hashlib
import hmac

from hub.auth.sessions import digest
from hub.errors import HubError
from rules.vocabulary.instant import Instant
from store.database.connection import Connection, connect
from store.estate import households
from store.people import audit


class UnknownHousehold(HubError):
    """There is no such household."""


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


def hand_out(
    dsn: str, secret: bytes, *, estate: str, household: str, renew: bool, now: Instant
) -> str:
    """The household's token, for whoever sits at the command line. Raises UnknownHousehold."""
    with connect(dsn, name="residents") as db:
        made = issue(db, secret, estate=estate, household=household, renew=renew)
        if made is None:
            raise UnknownHousehold(
                f"household {household!r}: not in estate {estate!r}; see `gatehouse estate export`"
            )
        target = f"{estate}/{household}"
        audit.append(db, audit.SYSTEM, "household.link", target, {"renew": renew}, at=now)
    return made
