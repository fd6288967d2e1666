"""An estate with a few devices, straight into the database."""

from store.database.connection import connect

TOPIC = "gatehouse/v1/e1/p1"

_ESTATE = """
INSERT INTO estate (id, name, timezone, created_at) VALUES (%(id)s, '{}', 'UTC', now())
ON CONFLICT DO NOTHING
"""

_DEVICE = """
INSERT INTO device (estate_id, id, type, body) VALUES (%(estate)s, %(id)s, %(type)s, '{}')
ON CONFLICT DO NOTHING
"""


def seed(dsn: str, estate: str = "e1", **devices: str) -> None:
    """Add the estate if need be, and devices: their ids with their types; and announce it."""
    with connect(dsn, name="tests") as db:
        db.execute(_ESTATE, {"id": estate})
        for id_, type_ in devices.items():
            db.execute(_DEVICE, {"estate": estate, "id": id_, "type": type_})
        db.execute("SELECT pg_notify('gatehouse_estate', %(id)s)", {"id": estate})
