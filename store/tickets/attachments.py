"""Files that are proof, by the SHA-256 of their content, and which tickets name them."""

from collections.abc import Collection
from dataclasses import dataclass

from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

_ADD = """
INSERT INTO attachment (hash, media_type, content, thumbnail, uploaded_by, touched_at)
VALUES (%(hash)s, %(media_type)s, %(content)s, %(thumbnail)s, %(by)s, %(now)s)
ON CONFLICT (hash) DO UPDATE SET touched_at = excluded.touched_at
"""

_CONTENT = "SELECT media_type, content FROM attachment WHERE hash = %(hash)s"

_THUMBNAIL = "SELECT thumbnail FROM attachment WHERE hash = %(hash)s AND thumbnail IS NOT NULL"

_THUMBNAILS = """
SELECT hash, thumbnail FROM attachment WHERE hash = ANY(%(hashes)s) AND thumbnail IS NOT NULL
"""

_TOUCH = """
UPDATE attachment SET touched_at = %(now)s WHERE hash = ANY(%(hashes)s) RETURNING hash
"""

_UNUSED_OF = """
SELECT count(*) FROM attachment a
 WHERE uploaded_by = %(by)s AND NOT EXISTS (SELECT FROM attachment_use u WHERE u.hash = a.hash)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it is kept; `thumbnail` is WebP."""

    hash: str
    media_type: str
    content: bytes
    thumbnail: bytes | None


def add(db: Connection, file: Stored, *, by: str, now: Instant) -> None:
    """Keep `file`; the same content again is the same row."""
    params = {
        "hash": file.hash, "media_type": file.media_type, "content": file.content,
        "thumbnail": file.thumbnail, "by": by, "now": to_datetime(now),
    }  # fmt: skip
    db.execute(_ADD, params)


def content(db: Connection, hash_: str) -> tuple[str, bytes] | None:
    """Media type and content."""
    row = db.execute(_CONTENT, {"hash": hash_}).fetchone()
    return (row[0], bytes(row[1])) if row else None


def thumbnail(db: Connection, hash_: str) -> bytes | None:
    row = db.execute(_THUMBNAIL, {"hash": hash_}).fetchone()
    return bytes(row[0]) if row else None


def thumbnails(db: Connection, hashes: Collection[str]) -> dict[str, bytes]:
    """The small pictures of those that have one, by their hashes."""
    rows = db.execute(_THUMBNAILS, {"hashes": sorted(hashes)})
    return {hash_: bytes(picture) for hash_, picture in rows}


def touch(db: Connection, hashes: Collection[str], *, now: Instant) -> set[str]:
    """Keep these for another while, as a command is about to name them; gives those there are."""
    rows = db.execute(_TOUCH, {"hashes": sorted(hashes), "now": to_datetime(now)})
    return {hash_ for (hash_,) in rows}


def unused_of(db: Connection, by: str) -> int:
    """How many files of one uploader no ticket names."""
    row = db.execute(_UNUSED_OF, {"by": by}).fetchone()
    return int(row[0]) if row else 0
