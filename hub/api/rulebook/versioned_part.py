"""What the endpoints of rules, plans, messages, policies share: forms, and how one is changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from hub.api.http.context import Context
from hub.api.http.problems import FieldError, Problem, not_found
from hub.api.http.stored_json import as_answer
from hub.auth import Principal
from hub.dispatch.registry import of_side
from hub.versions.rulebook import (
    Change,
    InForce,
    Noun,
    Pointless,
    Stale,
    UnknownPart,
    check,
    in_force,
    is_own,
    part_key,
)
from rules.messages.word_faults import fillable
from rules.rulebook.editions import part_data, parts
from rules.rulebook.plan import Plan
from rules.rulebook.policy_misfits import Channels
from rules.rulebook.reading import parse_plan
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Policy
from rules.rulebook.writing import words_of
from rules.vocabulary.fields import ID_PATTERN, Reason
from rules.vocabulary.instant import to_datetime, to_rfc3339
from rules.vocabulary.text import Text
from rules.written.faults import RuleFileFault
from store import rulebook
from store.database.connection import Connection
from store.people.audit import Actor
from store.rulebook import PartVersion

EstateId = Annotated[str, Query(pattern=ID_PATTERN, description="The estate whose rules it is.")]
OptionalEstate = Annotated[
    str | None,
    Query(pattern=ID_PATTERN, description="Of this estate; none: those that ship."),
]
SeenVersion = Annotated[
    int, Query(ge=0, le=1_000_000_000, description="The version that was looked at; 0: none yet.")
]
AnyVersion = Annotated[
    int | None,
    Query(ge=1, le=1_000_000_000, description="An earlier version of it; none: the one in force."),
]
Yaml = Annotated[
    str,
    Field(
        min_length=1, max_length=200_000, description="YAML, of which JSON is a part.",
        examples=["{id: leak, name: {en: Water leak, zh: 漏水}, …}"],
    ),
]  # fmt: skip
Seen = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000_000,
        description="The version that the change was made from; 0: a new one. Where it is no "
        "longer the newest, nothing is saved.",
    ),
]


class PartEdit(BaseModel):
    """The whole of it, as it shall be."""

    yaml: Yaml
    version: Seen
    reason: Reason


class Switch(BaseModel):
    """Whether it watches."""

    version: Seen
    reason: Reason


class RollBack(BaseModel):
    """Which earlier version shall hold again."""

    to: int = Field(ge=1, le=1_000_000_000)
    version: Seen
    reason: Reason


class Saved(BaseModel):
    """The version that it has now. The engine judges by it from its next batch on."""

    id: str
    version: int


class VersionOfPart(BaseModel):
    """Who made this version, when and why; `yaml` null: it was taken out."""

    version: int
    yaml: str | None
    changed_at: datetime
    changed_by: str
    reason: str


class PartVersionPage(BaseModel):
    """Every version, the newest first; there is never a further page."""

    items: list[VersionOfPart]
    next: str | None


class Fault(BaseModel):
    """One fault: its line from 1, the field in the author's words, what stands there, the remedy.

    `code` is stable; `expected` is what it is filled with.
    """

    line: int
    field: str
    value: str
    remedy: str
    code: str
    expected: str


class Order(BaseModel):
    """Words to be checked; `id`: the one that they shall have."""

    estate: str = Field(pattern=ID_PATTERN)
    yaml: Yaml
    id: str | None = Field(None, pattern=ID_PATTERN)


class Findings(BaseModel):
    """All faults, by line; none: it can be saved.

    Then `yaml` is the same as the catalogue writes it, without comments, and `content` its fields.
    """

    faults: list[Fault]
    yaml: str | None
    content: Rule | Plan | Text | Policy | None


@contextmanager
def refusals() -> Iterator[None]:
    """What cannot be done, as a problem that says what to do."""
    try:
        yield
    except UnknownPart as error:
        raise Problem(404, "not-found", str(error)) from error
    except Stale as error:
        raise Problem(409, "stale", str(error)) from error
    except Pointless as error:
        raise Problem(409, "nothing-to-do", str(error)) from error
    except RuleFileFault as error:
        count = len(error.faults)
        raise Problem(
            422,
            "faulty-rule",
            f"{count} fault{'s' * (count != 1)}; nothing was saved",
            errors=[
                FieldError(field=f"line {f.line}: {f.field}", value=f.value, remedy=f.remedy)
                for f in error.faults
            ],
        ) from error


def make(
    hub: Context, who: Principal, change: tuple[str, str, str, int, str],
    how: Callable[[Connection, Change, int], int],
) -> Saved:  # fmt: skip
    """Carry a change of (noun, id, estate, version, reason) out, in one transaction."""
    noun, id_, estate, seen, reason = change
    actor = Actor(who.user, who.role)
    order = Change(estate, part_key(noun, id_), seen, reason, actor)
    with refusals(), hub.pool.connection() as db:
        version = how(db, order, hub.clock())
    return Saved(id=id_, version=version)


def list_answer(hub: Context, noun: str, estate: str | None) -> Response:
    """Every rule, plan or message with what is known of its changes."""
    with refusals(), hub.pool.connection() as db:
        force = in_force(db, estate)
        failed = rulebook.set_aside(db, estate) if estate and noun == "rule" else {}
    items = [
        _item(force, key, part, failed)
        for key, part in parts(force.edition.rulebook).items()
        if key.startswith(f"{noun}/")
    ]
    return as_answer({"items": items, "next": None})


def one_answer(hub: Context, noun: str, id_: str, estate: str) -> Response:
    """One of them, with its words as YAML."""
    key = part_key(noun, id_)
    with refusals(), hub.pool.connection() as db:
        force = in_force(db, estate)
        failed = rulebook.set_aside(db, estate) if noun == "rule" else {}
    part = parts(force.edition.rulebook).get(key)
    if part is None:
        raise not_found(noun, id_)
    newest = force.newest.get(key)
    words = newest.words if newest and newest.words else words_of(part)
    return as_answer({**_item(force, key, part, failed), "yaml": words})


def plan_at_version(hub: Context, id_: str, estate: str, number: int) -> Response:
    """A plan as it was at version `number`. Raises Problem (404): it had no such version."""
    key = part_key("plan", id_)
    with hub.pool.connection() as db:
        versions = {v.number: v for v in rulebook.history(db, estate, key)}
    found = versions.get(number)
    if found is None or found.words is None:
        raise not_found("version of the plan", f"{id_}/{number}")
    with refusals():
        plan = parse_plan(found.words, "plan")
    item = _known_of(found) | {"edited": found.created_by != "system", "own": is_own(key)}
    return as_answer({**part_data(plan), **item, "yaml": found.words})


def versions_of(hub: Context, noun: str, id_: str, estate: str) -> PartVersionPage:
    """All versions of one of them. Raises Problem (404): there never was one."""
    with hub.pool.connection() as db:
        found = rulebook.history(db, estate, part_key(noun, id_))
    if not found:
        raise not_found(noun, id_)
    return PartVersionPage(items=[_version(version) for version in found], next=None)


def channels() -> Channels:
    """Those that a policy may name."""
    return Channels(of_side("households"), of_side("staff"))


def findings(hub: Context, noun: Noun, order: Order) -> Response:
    """Every fault of a part's words, without saving them."""
    with refusals(), hub.pool.connection() as db:
        try:
            part = check(db, order.estate, noun, order.id, order.yaml, channels())
        except RuleFileFault as fault:
            faults = [{**asdict(found), "remedy": found.remedy} for found in fault.faults]
            return as_answer({"faults": faults, "yaml": None, "content": None})
    return as_answer({"faults": [], "yaml": words_of(part), "content": part_data(part)})


def _item(force: InForce, key: str, part: Any, failed: dict[str, int]) -> dict[str, Any]:
    noun, _, id_ = key.partition("/")
    newest = force.newest.get(key)
    data = part_data(part)
    base: dict[str, Any] = data
    if noun == "message":
        base = {"id": id_, "text": data, "placeholders": fillable(id_)}
    elif noun == "policy":
        base = {"id": id_, "content": data}
    item = {
        **base,
        "version": base.get("version", 1),
        "edited": key in force.edition.edited,
        "own": is_own(key),
        **(_known_of(newest) if newest else _UNCHANGED),
    }
    if noun == "rule":
        since = newest.created_at if newest else 0
        item["set_aside"] = [
            name.partition("/")[2]
            for name, at in failed.items()
            if name.startswith(f"{id_}/") and at >= since
        ]
    return item


_UNCHANGED = {"changed_at": None, "changed_by": None, "reason": ""}


def _known_of(version: PartVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "changed_at": to_rfc3339(version.created_at),
        "changed_by": version.created_by,
        "reason": version.reason,
    }


def _version(version: PartVersion) -> VersionOfPart:
    return VersionOfPart(
        version=version.number,
        yaml=version.words,
        changed_at=to_datetime(version.created_at),
        changed_by=version.created_by,
        reason=version.reason,
    )
