"""Who is told of an incident: households to choose from, added and removed with a reason."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.command_endpoints import add_commands
from hub.api.http.context import Hub
from hub.api.http.parameters import RecordId
from hub.api.http.problems import described, not_found
from hub.people.masking import unit_label
from rules.commands.notices import AddHousehold, RemoveHousehold
from store import incidents
from store.estate import households

router = APIRouter(prefix="/incidents", tags=["incidents"])

MOST_FOUND = 20


class Choice(BaseModel):
    """A household by its id and what it is called on screen; no personal data."""

    id: str
    unit: str


class ChoicePage(BaseModel):
    """Households to choose from; there is never a further page."""

    items: list[Choice]
    next: str | None


@router.get("/{incident_id}/households", responses=described(401, 404))
def find_households(
    hub: Hub,
    _: Reader,
    incident_id: RecordId,
    search: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9-]*$")] = "",
) -> ChoicePage:
    """The first households of the incident's estate whose id holds `search`, such as `B3-12`."""
    with hub.pool.connection() as db:
        estate = incidents.estate_of(db, incident_id)
        if estate is None:
            raise not_found("incident", incident_id)
        found = households.find(db, estate, search, limit=MOST_FOUND)
    return ChoicePage(
        items=[Choice(id=id_, unit=unit_label(id_, unit)) for id_, unit in found], next=None
    )


add_commands(
    router,
    {
        "/{incident}/households/add": AddHousehold,
        "/{incident}/households/remove": RemoveHousehold,
    },
    incidents.estate_of,
)
