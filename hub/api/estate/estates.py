"""Estates: the properties that this system watches, and the places in them."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from hub.api.http.access import Reader
from hub.api.http.context import Context, Hub
from hub.api.http.problems import described, not_found
from rules.catalogue import device_types
from rules.estate.file import expand, parse
from rules.estate.graph import Building
from rules.estate.graph import Estate as Graph
from rules.vocabulary.fields import ID_PATTERN
from rules.vocabulary.text import Text
from store.estate import estates

router = APIRouter(prefix="/estates", tags=["estates"])

EstateId = Annotated[str, Path(pattern=ID_PATTERN, description="The estate's id.")]


class Estate(BaseModel):
    """One property."""

    id: str
    name: Text
    timezone: str


class EstatePage(BaseModel):
    """Every estate; there is never a further page."""

    items: list[Estate]
    next: str | None


class UnitPlace(BaseModel):
    """A flat and its floor."""

    id: str
    floor: int


class BuildingPlace(BaseModel):
    """A building: every floor that it has or a lift of it stops at, a basement is negative."""

    id: str
    name: Text
    floors: list[int]
    units: list[UnitPlace]


class GaragePlace(BaseModel):
    """A garage."""

    id: str
    name: Text


class Places(BaseModel):
    """Where something can happen."""

    buildings: list[BuildingPlace]
    garages: list[GaragePlace]


class ValvePlace(BaseModel):
    """A valve of the water supply, where it is, and the flats that closing it leaves dry."""

    id: str
    building: str
    place: Text
    isolates: list[str]


class ValvePage(BaseModel):
    """Every valve of the estate; there is never a further page."""

    items: list[ValvePlace]
    next: str | None


@router.get("", responses=described(401))
def list_estates(hub: Hub, _: Reader) -> EstatePage:
    """Every estate."""
    with hub.pool.connection() as db:
        found = estates.all_(db)
    return EstatePage(
        items=[Estate(id=e.id, name=e.name, timezone=e.timezone) for e in found], next=None
    )


@router.get("/{estate}/places", responses=described(401, 404))
def list_places(hub: Hub, _: Reader, estate: EstateId) -> Places:
    """Buildings with their floors and flats, and garages, to choose a place from."""
    graph = _graph(hub, estate)
    return Places(
        buildings=[_building(graph, building) for building in graph.buildings.values()],
        garages=[GaragePlace(id=g.id, name=g.name) for g in graph.garages.values()],
    )


@router.get("/{estate}/valves", responses=described(401, 404))
def list_valves(hub: Hub, _: Reader, estate: EstateId) -> ValvePage:
    """Valves of the water supply by building, to choose one that is closed for works."""
    graph = _graph(hub, estate)
    valves = [
        ValvePlace(id=v.id, building=v.building, place=v.place, isolates=list(v.isolates))
        for building in graph.buildings
        for v in graph.valves.values()
        if v.building == building
    ]
    return ValvePage(items=valves, next=None)


def _graph(hub: Context, estate: str) -> Graph:
    """The estate as it stands. Raises Problem: there is none with this id."""
    with hub.pool.connection() as db:
        latest = estates.latest(db, estate)
    if latest is None:
        raise not_found("estate", estate)
    return expand(parse(latest.body), device_types())


def _building(graph: Graph, building: Building) -> BuildingPlace:
    stops = (lift.floors for lift in graph.lifts.values() if lift.building == building.id)
    return BuildingPlace(
        id=building.id,
        name=building.name,
        floors=sorted(set(range(1, building.floors + 1)).union(*stops)),
        units=[UnitPlace(id=u.id, floor=u.floor) for u in graph.units_by_building[building.id]],
    )
