"""Who is told of an incident: households to choose from, added and removed with a reason."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from hub.api.http.access import Reader, needs
from hub.api.http.commands import DOCUMENTED, command_of, send
from hub.api.http.context import Hub
from hub.api.http.parameters import ID_PATTERN, IdempotencyKey, Reason, RecordId
from hub.api.http.problems import described, not_found
from hub.auth import Principal
from hub.people.masking import unit_label
from store import incidents
from store.estate import households

router = APIRouter(prefix="/incidents/{incident_id}/households", tags=["incidents"])

MOST_FOUND = 20


class Choice(BaseModel):
    """A household by its id and what it is called on screen; no personal data."""

    id: str
    unit: str


class Choices(BaseModel):
    """Households to choose from; there is never a further page."""

    items: list[Choice]
    next: str | None = None


class Change(BaseModel):
    """Which household, and why it belongs on the list, or not."""

    household: Annotated[str, StringConstraints(pattern=ID_PATTERN)]
    reason: Reason


@router.get("", responses=described(401, 404))
def find_households(
    hub: Hub,
    _: Reader,
    incident_id: RecordId,
    search: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9-]*$")] = "",
) -> Choices:
    """The first households of the incident's estate whose id holds `search`, such as `B3-12`."""
    with hub.pool.connection() as db:
        estate = incidents.estate_of(db, incident_id)
        if estate is None:
            raise not_found("incident", incident_id)
        found = households.find(db, estate, search, limit=MOST_FOUND)
    return Choices(items=[Choice(id=id_, unit=unit_label(id_, unit)) for id_, unit in found])


@router.post("/add", **DOCUMENTED)
def add_household(
    hub: Hub,
    who: Annotated[Principal, needs("incident.add_household")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Change,
) -> Response:
    """Tell one more household: what was told so far, and all that follows."""
    return _change(hub, who, key, "incident.add_household", incident_id, body)


@router.post("/remove", **DOCUMENTED)
def remove_household(
    hub: Hub,
    who: Annotated[Principal, needs("incident.remove_household")],
    incident_id: RecordId,
    key: IdempotencyKey,
    body: Change,
) -> Response:
    """Tell a household no further; what it has not got yet is withdrawn."""
    return _change(hub, who, key, "incident.remove_household", incident_id, body)


def _change(
    hub: Hub, who: Principal, key: str, name: str, incident_id: str, body: Change
) -> Response:
    params = {"household": body.household}
    command = command_of(who, name, incident_id, reason=body.reason, params=params)
    return send(hub, who, key, command, incidents.estate_of)
