"""Households: personal data, masked unless asked for with a reason that is kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, StringConstraints

from hub.api.access import needs
from hub.api.answers import pack, unpack
from hub.api.context import Hub
from hub.api.parameters import ID_PATTERN, Cursor, IdFilter, Limit
from hub.api.problems import Problem, described, not_found
from hub.auth import Principal, allows
from hub.masking import masked_name, masked_phone, unit_label
from hub.resident_links import issue
from rules.text import Language
from store import audit, households

router = APIRouter(prefix="/households", tags=["households"])

HouseholdPath = Annotated[str, Path(pattern=ID_PATTERN)]


class Household(BaseModel):
    """Who lives in a flat or rents a bay; `masked` says whether name and phone are hidden."""

    estate: str
    id: str
    unit: str
    name: str
    phone: str | None
    language: Language
    masked: bool


class HouseholdPage(BaseModel):
    """Households by estate and id."""

    items: list[Household]
    next: str | None


class LinkOrder(BaseModel):
    """`renew`: make another link and end the one before, as when it fell into wrong hands."""

    renew: bool = False


class Link(BaseModel):
    """The address of a household's own page; whoever has it sees the household's notices."""

    url: str


@router.get("", responses=described(401, 403))
def list_households(
    hub: Hub,
    who: Annotated[Principal, needs("household.read")],
    estate: IdFilter = None,
    unmask: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True),
        Query(
            min_length=3,
            max_length=300,
            pattern=r"^[^\x00]*$",
            description="Why names and phone numbers must be seen; the look is kept with it.",
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> HouseholdPage:
    """Households by estate and id, masked."""
    after = unpack(cursor) if cursor else None
    with hub.pool.connection() as db:
        found = households.page(db, estate=estate, after=after, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        shown = found[:limit]
        if unmask is not None:
            if not allows(who.role, "household.unmask"):
                raise Problem(403, "not-allowed", f"role {who.role} may not do household.unmask")
            detail = {"reason": unmask, "households": [f"{h.estate}/{h.id}" for h in shown]}
            audit.append(
                db,
                audit.Actor(who.user, who.role),
                "household.unmask",
                estate or "all estates",
                detail,
                at=hub.clock(),
            )
    return HouseholdPage(
        items=[_shown(household, masked=unmask is None) for household in shown],
        next=pack(last.estate, last.id) if last else None,
    )


@router.post("/{estate}/{household}/link", responses=described(401, 403, 404))
def issue_link(
    hub: Hub,
    who: Annotated[Principal, needs("household.link")],
    estate: HouseholdPath,
    household: HouseholdPath,
    body: LinkOrder,
) -> Link:
    """The link to the household's page, to be handed to it."""
    with hub.pool.connection() as db:
        token = issue(db, hub.keys.secret, estate=estate, household=household, renew=body.renew)
        if token is None:
            raise not_found("household", f"{estate}/{household}")
        target = f"{estate}/{household}"
        actor = audit.Actor(who.user, who.role)
        audit.append(db, actor, "household.link", target, {"renew": body.renew}, at=hub.clock())
    return Link(url=f"{hub.settings.base_url}/r/{token}")


def _shown(household: households.Household, *, masked: bool) -> Household:
    label = unit_label(household.id, household.unit)
    return Household(
        estate=household.estate,
        id=household.id,
        unit=label,
        name=masked_name(household.name, label) if masked else household.name,
        phone=masked_phone(household.phone) if masked else household.phone,
        language=household.language,
        masked=masked,
    )
