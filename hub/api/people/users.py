"""Members of staff: who they are, what they may do, how they are reached, and their ways in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from hub.api.http.access import SignedIn, check, needs
from hub.api.http.context import Hub
from hub.api.http.problems import Problem, described, not_found
from hub.api.people import addresses
from hub.api.people.addresses import with_addresses, with_addresses_to_enter
from hub.api.people.households import Unmask
from hub.auth import Principal, allows
from hub.people import staff_contacts
from hub.people.contacts import printable
from rules.records.tickets import Role as Duty
from rules.vocabulary.fields import Reason, UserId
from rules.vocabulary.instant import to_datetime
from rules.vocabulary.text import Language
from store.database.connection import Connection
from store.people import audit, credentials, users
from store.people.users import Member, Role

router = APIRouter(prefix="/users", tags=["users"])

Manager = Annotated[Principal, needs("user.manage")]
UserPath = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="The user.")]


@with_addresses
class StaffContact(BaseModel):
    """How a member of staff is reached; `masked` says whether parts are hidden."""

    masked: bool


class User(BaseModel):
    """A member of staff. `name` is what colleagues call them; `duties` what they may stand for.

    `contact` is masked, and null for those who may not manage users.
    """

    id: str
    role: Role
    name: str
    duties: list[Duty]
    language: Language
    disabled_at: datetime | None
    contact: StaffContact | None


class UserPage(BaseModel):
    """Everybody by id, disabled ones too; there is never a further page."""

    items: list[User]
    next: str | None


class Description(BaseModel):
    """What a user is, entered anew as a whole."""

    role: Role
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=80),
        AfterValidator(printable),
        Field(description="What colleagues call them; empty: the id.", examples=["Engineer 2"]),
    ] = ""
    duties: Annotated[list[Duty], Field(max_length=9)] = []
    language: Language = "zh"


class NewUser(Description):
    """A user who is not there yet: signs in by a one-time link."""

    id: Annotated[UserId, Field(examples=["engineer-2"])]


@with_addresses_to_enter
class StaffContactEntry(BaseModel):
    """How a member of staff is reached, entered anew as a whole."""


class Ending(BaseModel):
    """Why."""

    reason: Reason


@router.get("", responses=described(401, 403))
def list_users(hub: Hub, who: Annotated[Principal, needs("user.read")]) -> UserPage:
    """Everybody by id: whom a ticket can be given to, and who can stand in the roster."""
    with hub.pool.connection() as db:
        return UserPage(items=[_shown(hub, who, member) for member in users.staff(db)], next=None)


@router.post("", responses=described(401, 403, 409))
def add_user(hub: Hub, who: Manager, body: NewUser) -> User:
    """Add a member of staff."""
    _refuse_above(who, body.role)
    with hub.pool.connection() as db:
        if not users.add(db, body.id, body.role, now=hub.clock()):
            raise Problem(409, "user-known", f"user {body.id!r} is there already: use another id")
        member = _describe(hub, db, body.id, body)
        detail = {"role": body.role, "duties": body.duties}
        note(hub, db, who, "user.add", body.id, detail)
    return _shown(hub, who, member)


@router.put("/{user_id}", responses=described(401, 403, 404, 409))
def change_user(hub: Hub, who: Manager, user_id: UserPath, body: Description) -> User:
    """Enter anew what a user is; what they are doing goes on with the new role at once."""
    with hub.pool.connection() as db:
        member = to_change(db, who, user_id)
        _refuse_above(who, body.role)
        if body.role != "admin":
            _must_leave_an_admin(db, member)
        member = _describe(hub, db, user_id, body)
        detail = {"role": body.role, "duties": body.duties, "language": body.language}
        note(hub, db, who, "user.change", user_id, detail)
    return _shown(hub, who, member)


@router.post("/{user_id}/disable", responses=described(401, 403, 404, 409))
def disable_user(hub: Hub, who: Manager, user_id: UserPath, body: Ending) -> User:
    """Let nobody in as this user: sessions, links and API tokens end at once.

    How they were reached is erased; their name stays, as the records name them.
    """
    with hub.pool.connection() as db:
        member = to_change(db, who, user_id)
        _must_leave_an_admin(db, member)
        if not users.disable(db, user_id, now=hub.clock()):
            raise Problem(409, "nothing-to-do", f"user {user_id} is disabled already")
        credentials.remove_all(db, user_id)
        users.set_addresses(db, user_id, {})
        note(hub, db, who, "user.disable", user_id, {"reason": body.reason})
        member = users.members(db, [user_id])[user_id]
    return _shown(hub, who, member)


@router.post("/{user_id}/enable", responses=described(401, 403, 404, 409))
def enable_user(hub: Hub, who: Manager, user_id: UserPath, body: Ending) -> User:
    """Let the user in again, by a new link or the old password."""
    with hub.pool.connection() as db:
        to_change(db, who, user_id)
        if not users.enable(db, user_id):
            raise Problem(409, "nothing-to-do", f"user {user_id} is not disabled")
        note(hub, db, who, "user.enable", user_id, {"reason": body.reason})
        member = users.members(db, [user_id])[user_id]
    return _shown(hub, who, member)


@router.get("/{user_id}/contact", responses=described(401, 403, 404))
def get_contact(hub: Hub, who: SignedIn, user_id: UserPath, unmask: Unmask = None) -> StaffContact:
    """How a user is reached: one's own, or masked unless there is a reason, which is kept."""
    own = who.user == user_id
    if not own:
        check(who, "user.manage")
    with hub.pool.connection() as db:
        member = users.members(db, [user_id]).get(user_id)
        if member is None:
            raise not_found("user", user_id)
        if unmask is not None and not own:
            note(hub, db, who, "user.unmask", user_id, {"reason": unmask})
    return _contact(hub, member, masked=not own and unmask is None)


@router.put("/{user_id}/contact", responses=described(401, 403, 404))
def set_contact(
    hub: Hub, who: SignedIn, user_id: UserPath, body: StaffContactEntry
) -> StaffContact:
    """Enter how a user is reached, one's own or, as a manager, another's; answers masked."""
    own = who.user == user_id
    if not own:
        check(who, "user.manage")
    with hub.pool.connection() as db:
        if users.to_change(db, user_id) is None:
            raise not_found("user", user_id)
        given = addresses.entered(body)
        staff_contacts.set_addresses(db, hub.keys.sealer, user_id, given)
        note(hub, db, who, "user.set_contact", user_id, {"fields": list(given)})
        member = users.members(db, [user_id])[user_id]
    return _contact(hub, member, masked=True)


def to_change(db: Connection, who: Principal, user_id: str) -> Member:
    """The user, locked. Raises Problem: unknown (404), or only an admin may change them (403)."""
    member = users.to_change(db, user_id)
    if member is None:
        raise not_found("user", user_id)
    _refuse_above(who, member.role)
    return member


def _refuse_above(who: Principal, role: Role) -> None:
    """Only an admin makes, changes or becomes an admin."""
    if role == "admin" and who.role != "admin":
        raise Problem(403, "admins-only", "only an admin may do this to an admin: ask one")


def _must_leave_an_admin(db: Connection, member: Member) -> None:
    if member.role == "admin" and users.lock_admins(db) == [member.id]:
        raise Problem(
            409,
            "last-admin",
            f"user {member.id} is the last admin: make another one first",
        )


def _describe(hub: Hub, db: Connection, user_id: str, body: Description) -> Member:
    users.describe(
        db,
        user_id,
        role=body.role,
        language=body.language,
        duties=list(dict.fromkeys(body.duties)),
        name=staff_contacts.sealed(hub.keys.sealer, user_id, "name", body.name),
    )
    return users.members(db, [user_id])[user_id]


def note(
    hub: Hub,
    db: Connection,
    who: Principal,
    action: str,
    user_id: str,
    detail: Mapping[str, object],
) -> None:
    """Keep in the audit trail who did what to the user."""
    actor = audit.Actor(who.user, who.role)
    audit.append(db, actor, action, user_id, detail, at=hub.clock())


def _shown(hub: Hub, who: Principal, member: Member) -> User:
    manages = allows(who.role, "user.manage")
    return User(
        id=member.id,
        role=member.role,
        name=staff_contacts.name_of(hub.keys.sealer, member),
        duties=list(member.duties),
        language=member.language,
        disabled_at=None if member.disabled_at is None else to_datetime(member.disabled_at),
        contact=_contact(hub, member, masked=True) if manages else None,
    )


def _contact(hub: Hub, member: Member, *, masked: bool) -> StaffContact:
    known = staff_contacts.addresses_of(hub.keys.sealer, member)
    return StaffContact(masked=masked, **addresses.shown(known, masked=masked))
