"""The people of a household: entered, changed, erased; never shown unmasked here."""

from typing import Annotated, Self

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from hub.api.http.access import needs
from hub.api.http.context import Hub
from hub.api.http.problems import Problem, described, not_found
from hub.api.people import addresses
from hub.api.people.addresses import with_addresses, with_addresses_to_enter
from hub.auth import Principal
from hub.people import sealed_contacts
from hub.people.contacts import printable
from hub.people.masking import masked_name
from hub.sealing.sealer import CannotOpen, Sealer
from rules.vocabulary.fields import ID_PATTERN, Reason
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.estate import household_contacts, households
from store.estate.household_contacts import Relation, SealedContact
from store.people import audit

router = APIRouter(prefix="/households/{estate}/{household}/contacts", tags=["households"])

MOST_CONTACTS = 8

HouseholdPath = Annotated[str, Path(pattern=ID_PATTERN)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@with_addresses
class HouseholdContact(BaseModel):
    """A person of a household. `opens`: false where no key opens what is kept.

    `language` is null where it is the household's.
    """

    n: int
    relation: Relation
    language: Language | None
    name: str | None
    opens: bool


@with_addresses_to_enter
class HouseholdContactEntry(BaseModel):
    """All that is kept of a contact, entered anew. `reason`: on what occasion."""

    relation: Relation
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
        AfterValidator(printable), Field(examples=["Resident 12-03"]),
    ]  # fmt: skip
    language: Annotated[Language | None, Field(description="Null: the household's language.")] = (
        None
    )
    agreed: Annotated[
        bool,
        Field(description="The household and the carer agreed that the carer is told of danger."),
    ] = False
    reason: Reason

    @model_validator(mode="after")
    def _a_carer_agreed(self) -> Self:
        if self.relation == "carer" and not self.agreed:
            raise ValueError(
                "agreed: a carer is told only where the household and the carer agreed to it; "
                "ask them, or enter a resident or owner"
            )
        return self


class Removal(BaseModel):
    """Why a contact is erased."""

    reason: Reason


@router.post("", responses=described(401, 403, 404, 409))
def add_contact(
    hub: Hub,
    who: Annotated[Principal, needs("household.change")],
    estate: HouseholdPath,
    household: HouseholdPath,
    body: HouseholdContactEntry,
) -> HouseholdContact:
    """Enter one more person of the household; answers masked."""
    with hub.pool.connection() as db:
        _must_exist(db, estate, household)
        n = household_contacts.take_number(db, estate=estate, household=household)
        if household_contacts.count(db, estate=estate, household=household) >= MOST_CONTACTS:
            raise Problem(
                409,
                "too-many",
                f"it has {MOST_CONTACTS} contacts: remove one before adding another",
            )
        sealed = _sealed(hub.keys.sealer, estate, household, n, body)
        household_contacts.add(db, sealed, now=hub.clock())
        _note(hub, db, who, "household.add_contact", sealed, body)
    return shown(hub.keys.sealer, sealed, masked=True)


@router.put("/{n}", responses=described(401, 403, 404))
def change_contact(
    hub: Hub,
    who: Annotated[Principal, needs("household.change")],
    estate: HouseholdPath,
    household: HouseholdPath,
    n: Number,
    body: HouseholdContactEntry,
) -> HouseholdContact:
    """Enter contact `n` anew; which fields were given is kept in the trail, not what they hold."""
    with hub.pool.connection() as db:
        _must_exist(db, estate, household)
        sealed = _sealed(hub.keys.sealer, estate, household, n, body)
        if not household_contacts.replace(db, sealed, now=hub.clock()):
            raise not_found("contact", f"{estate}/{household}/{n}")
        _note(hub, db, who, "household.change_contact", sealed, body)
    return shown(hub.keys.sealer, sealed, masked=True)


@router.post("/{n}/remove", status_code=204, responses=described(401, 403, 404))
def remove_contact(
    hub: Hub,
    who: Annotated[Principal, needs("household.change")],
    estate: HouseholdPath,
    household: HouseholdPath,
    n: Number,
    body: Removal,
) -> Response:
    """Erase contact `n`."""
    target = f"{estate}/{household}/{n}"
    with hub.pool.connection() as db:
        if not household_contacts.remove(db, estate=estate, household=household, n=n):
            raise not_found("contact", target)
        actor, detail = audit.Actor(who.user, who.role), {"reason": body.reason}
        audit.append(db, actor, "household.remove_contact", target, detail, at=hub.clock())
    return Response(status_code=204)


def shown(sealer: Sealer, sealed: SealedContact, *, masked: bool) -> HouseholdContact:
    """The contact as the API gives it; what no key opens is left out."""
    try:
        contact = sealed_contacts.opened(sealer, sealed)
    except CannotOpen:
        return HouseholdContact(
            n=sealed.n, relation=sealed.relation, language=sealed.language, name=None, opens=False,
            **addresses.shown({}, masked=masked),
        )  # fmt: skip
    return HouseholdContact(
        n=contact.n,
        relation=contact.relation,
        language=contact.language,
        name=masked_name(contact.name, "").strip() or None if masked else contact.name,
        opens=True,
        **addresses.shown(contact.addresses, masked=masked),
    )


def _must_exist(db: Connection, estate: str, household: str) -> None:
    if households.one(db, estate=estate, household=household) is None:
        raise not_found("household", f"{estate}/{household}")


def _sealed(
    sealer: Sealer, estate: str, household: str, n: int, body: HouseholdContactEntry
) -> SealedContact:
    contact = sealed_contacts.Contact(
        n, body.relation, body.language, body.name, addresses.entered(body)
    )
    return sealed_contacts.seal(sealer, contact, estate=estate, household=household)


def _note(
    hub: Hub,
    db: Connection,
    who: Principal,
    action: str,
    contact: SealedContact,
    body: HouseholdContactEntry,
) -> None:
    fields = sorted(body.model_fields_set - {"reason"})
    detail = {"reason": body.reason, "fields": fields}
    target = f"{contact.estate}/{contact.household}/{contact.n}"
    actor = audit.Actor(who.user, who.role)
    audit.append(db, actor, action, target, detail, at=hub.clock())
