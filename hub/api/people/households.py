"""Households: masked unless asked for with a reason that is kept; their consents and links."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from hub.api.http.access import needs
from hub.api.http.context import Hub
from hub.api.http.parameters import Cursor, IdFilter, Limit
from hub.api.http.problems import Problem, described, not_found
from hub.api.http.records import Notice, page_of
from hub.api.http.stored_json import pack, page_answer, position_of, unpack
from hub.api.people.household_contacts import HouseholdContact, HouseholdPath, shown
from hub.auth import Principal, allows
from hub.dispatch.registry import of_side
from hub.people.masking import unit_label
from hub.people.resident_links import issue
from rules.records.notices import Channel
from rules.vocabulary.fields import Reason
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.estate import household_contacts, households
from store.estate.household_contacts import SealedContact
from store.estate.households import Agreed, Need
from store.notices import notices
from store.people import audit

router = APIRouter(prefix="/households", tags=["households"])

Unmask = Annotated[
    str | None,
    StringConstraints(strip_whitespace=True),
    Query(
        min_length=3,
        max_length=300,
        pattern=r"^[^\x00]*$",
        description="Why personal data must be seen; the look is kept with it.",
    ),
]


def _to_households(channel: Channel) -> Channel:
    """Raises ValueError: there is no such channel."""
    known = of_side("households")
    if channel not in known:
        raise ValueError(f"Input should be one of {', '.join(known)}")
    return channel


class Household(BaseModel):
    """Who lives in a flat or rents a bay; `masked` says whether personal data are hidden.

    `needs` (health data) are empty while masked. `refused` are the channels that it does not
    want for service messages and digests; `sms_agreed_at` says that it wants them by SMS.
    """

    estate: str
    id: str
    unit: str
    language: Language
    refused: list[Channel]
    needs: list[Need]
    sms_agreed_at: datetime | None
    sms_agreed_how: Agreed | None
    contacts: list[HouseholdContact]
    masked: bool


class Choices(BaseModel):
    """What the household chose and agreed to, entered anew. `reason`: on what occasion."""

    language: Language = "zh"
    refused: list[Annotated[Channel, AfterValidator(_to_households)]] = []
    needs: Annotated[
        list[Need] | None,
        Field(description="Why it needs help first: health data; null: as it is kept."),
    ] = None
    needs_agreed: Annotated[
        bool, Field(description="The household agreed, separately, that `needs` are kept.")
    ] = False
    sms_agreed: Annotated[
        Agreed | None,
        Field(description="How it agreed to service messages by SMS; null: it did not."),
    ] = None
    reason: Reason

    @model_validator(mode="after")
    def _needs_are_agreed_to(self) -> Self:
        if self.needs and not self.needs_agreed:
            raise ValueError(
                "needs: health data are kept only where needs_agreed says that the household "
                "agreed to it (PIPL art. 29); ask it, or leave needs empty"
            )
        return self


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
    search: Annotated[
        str | None,
        Query(max_length=80, pattern=r"^[^\x00]*$", description="Part of an id: B3-12."),
    ] = None,
    unmask: Unmask = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> HouseholdPage:
    """Households by estate and id, masked."""
    after = unpack(cursor) if cursor else None
    with hub.pool.connection() as db:
        found = households.page(db, estate=estate, search=search, after=after, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        if unmask is not None:
            _note_look(hub, db, who, unmask, estate or "all estates", found[:limit])
        items = _all_shown(hub, db, found[:limit], masked=unmask is None)
    return HouseholdPage(items=items, next=pack(last.estate, last.id) if last else None)


@router.get("/{estate}/{household}", responses=described(401, 403, 404))
def get_household(
    hub: Hub,
    who: Annotated[Principal, needs("household.read")],
    estate: HouseholdPath,
    household: HouseholdPath,
    unmask: Unmask = None,
) -> Household:
    """One household, masked."""
    with hub.pool.connection() as db:
        found = households.one(db, estate=estate, household=household)
        if found is None:
            raise not_found("household", f"{estate}/{household}")
        if unmask is not None:
            _note_look(hub, db, who, unmask, estate, [found])
        [item] = _all_shown(hub, db, [found], masked=unmask is None)
    return item


@router.get(
    "/{estate}/{household}/notices",
    response_model=page_of("HouseholdNotices", Notice),
    responses=described(401, 403),
)
def list_notices(
    hub: Hub,
    _: Annotated[Principal, needs("household.read")],
    estate: HouseholdPath,
    household: HouseholdPath,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """The notices to the household, newest first."""
    after = position_of(cursor)
    with hub.pool.connection() as db:
        return page_answer(
            notices.page_to(db, estate_id=estate, household_id=household, after=after, limit=limit)
        )


@router.put("/{estate}/{household}", responses=described(401, 403, 404))
def change_choices(
    hub: Hub,
    who: Annotated[Principal, needs("household.change")],
    estate: HouseholdPath,
    household: HouseholdPath,
    body: Choices,
) -> Household:
    """Enter what the household chose; which fields were given is kept, not what they hold."""
    choices = households.Choices(
        language=body.language,
        refused=tuple(dict.fromkeys(body.refused)),
        needs=None if body.needs is None else tuple(dict.fromkeys(body.needs)),
        needs_agreed=body.needs_agreed,
        sms_agreed=body.sms_agreed,
    )
    now = hub.clock()
    with hub.pool.connection() as db:
        changed = households.change(db, choices, estate=estate, household=household, now=now)
        if changed is None:
            raise not_found("household", f"{estate}/{household}")
        fields = sorted(body.model_fields_set - {"reason"})
        detail = {"reason": body.reason, "fields": fields, "sms_agreed": body.sms_agreed}
        actor, target = audit.Actor(who.user, who.role), f"{estate}/{household}"
        audit.append(db, actor, "household.change", target, detail, at=now)
        [item] = _all_shown(hub, db, [changed], masked=True)
    return item


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


def _note_look(
    hub: Hub,
    db: Connection,
    who: Principal,
    reason: str,
    target: str,
    seen: list[households.Household],
) -> None:
    """Keep who looked at whom and why. Raises Problem: the role may not."""
    if not allows(who.role, "household.unmask"):
        raise Problem(403, "not-allowed", f"role {who.role} may not do household.unmask")
    detail = {"reason": reason, "households": [f"{h.estate}/{h.id}" for h in seen]}
    actor = audit.Actor(who.user, who.role)
    audit.append(db, actor, "household.unmask", target, detail, at=hub.clock())


def _all_shown(
    hub: Hub, db: Connection, found: list[households.Household], *, masked: bool
) -> list[Household]:
    people = household_contacts.of_households(db, [(h.estate, h.id) for h in found])
    return [_shown(hub, h, people[h.estate, h.id], masked=masked) for h in found]


def _shown(
    hub: Hub, household: households.Household, people: list[SealedContact], *, masked: bool
) -> Household:
    return Household(
        estate=household.estate,
        id=household.id,
        unit=unit_label(household.id, household.unit),
        language=household.language,
        refused=list(household.refused),
        needs=[] if masked else list(household.needs),
        sms_agreed_at=household.sms_agreed_at,
        sms_agreed_how=household.sms_agreed_how,
        contacts=[shown(hub.keys.sealer, contact, masked=masked) for contact in people],
        masked=masked,
    )
