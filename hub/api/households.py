"""Households: personal data, masked unless asked for with a reason that is kept."""

from typing import Annotated, Self

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from hub.api.access import needs
from hub.api.answers import pack, unpack
from hub.api.context import Hub
from hub.api.parameters import ID_PATTERN, Cursor, IdFilter, Limit, Reason
from hub.api.problems import Problem, described, not_found
from hub.auth import Principal, allows
from hub.contacts import MAIL_PATTERN, phone_number, printable
from hub.dispatch import CHAT_PATTERN
from hub.masking import masked_chat, masked_mail, masked_name, masked_phone, unit_label
from hub.resident_links import issue
from rules.notices import Channel
from rules.text import Language
from store import audit, households
from store.households import Need

router = APIRouter(prefix="/households", tags=["households"])

HouseholdPath = Annotated[str, Path(pattern=ID_PATTERN)]


class Household(BaseModel):
    """Who lives in a flat or rents a bay; `masked` says whether personal data are hidden.

    `needs` (health data) are empty while masked. `refused` are the channels that it does not
    want for service messages and digests.
    """

    estate: str
    id: str
    unit: str
    name: str
    phone: str | None
    language: Language
    mail: str | None
    chat: str | None
    refused: list[Channel]
    needs: list[Need]
    masked: bool


class Contact(BaseModel):
    """All that is kept of a household, entered anew. `reason`: on what occasion."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
        AfterValidator(printable), Field(examples=["Resident 12-03"]),
    ]  # fmt: skip
    phone: Annotated[str | None, AfterValidator(phone_number), Field(examples=["13800005678"])] = (
        None
    )
    mail: Annotated[str | None, Field(max_length=200, pattern=MAIL_PATTERN)] = None
    chat: Annotated[
        str | None,
        Field(
            pattern=CHAT_PATTERN,
            description="Its chat robot: wecom, dingtalk or feishu, a "
            "colon, and the token of the robot's webhook.",
        ),
    ] = None
    language: Language = "zh"
    refused: list[Channel] = []
    needs: Annotated[list[Need], Field(description="Why it needs help first: health data.")] = []
    needs_agreed: Annotated[
        bool, Field(description="The household agreed, separately, that `needs` are kept.")
    ] = False
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


@router.put("/{estate}/{household}", responses=described(401, 403, 404))
def change_contact(
    hub: Hub,
    who: Annotated[Principal, needs("household.change")],
    estate: HouseholdPath,
    household: HouseholdPath,
    body: Contact,
) -> Household:
    """Enter how the household is reached; which fields were changed is kept, not what they hold."""
    kept = households.Household(
        estate, household, None, body.name, body.phone, body.language, body.mail, body.chat,
        tuple(dict.fromkeys(body.refused)), tuple(dict.fromkeys(body.needs)),
    )  # fmt: skip
    with hub.pool.connection() as db:
        changed = households.change(db, kept, needs_agreed=body.needs_agreed, now=hub.clock())
        if changed is None:
            raise not_found("household", f"{estate}/{household}")
        fields = sorted(body.model_fields_set - {"reason"})
        detail = {"reason": body.reason, "fields": fields}
        actor, target = audit.Actor(who.user, who.role), f"{estate}/{household}"
        audit.append(db, actor, "household.change", target, detail, at=hub.clock())
    return _shown(changed, masked=True)


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
        mail=masked_mail(household.mail) if masked else household.mail,
        chat=masked_chat(household.chat) if masked else household.chat,
        refused=list(household.refused),
        needs=[] if masked else list(household.needs),
        masked=masked,
    )
