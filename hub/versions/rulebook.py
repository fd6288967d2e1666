"""The rules, plans, messages and policies of an estate: what is in force, and how it is changed.

Every change is a version of the whole, kept with who, when and why, and told to the engine through
the inbox in the same transaction. The engine sees to it that the shipped catalogue is one too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from hub.errors import HubError
from hub.versions.rulebook_record import edition_of, record
from rules.catalogue import device_types
from rules.catalogue import rulebook as shipped_rulebook
from rules.estate.file import expand, parse
from rules.rulebook.editions import Edition, Part, changed, content_hash, edit, parts, upgrade
from rules.rulebook.plan import Plan
from rules.rulebook.policy_misfits import Channels
from rules.rulebook.reading import parse_message, parse_plan, parse_policy, parse_rules
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import POLICIES, Rulebook, as_data
from rules.rulebook.writing import with_switch, words_of
from rules.state.inputs import Fault
from rules.vocabulary.instant import Instant
from rules.watching.watch_limits import MOST_POINTS, points_watched
from rules.written.faults import FileFault, RuleFileFault
from rules.written.sentences import sentences
from store import rulebook as rulebooks
from store.database.connection import Connection
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import estates
from store.people import audit
from store.people.audit import Actor
from store.rulebook import PartVersion, Version

Noun = Literal["rule", "plan", "message", "policy"]

_NONE = Channels()
_ADOPTED = "shipped_with_the_program"
"""Reason of the versions that an upgrade brings; the console has words for it."""


class UnknownPart(HubError):
    """The estate, or the rule, plan, message or version, is not there."""


class Stale(HubError):
    """Somebody else changed it meanwhile."""


class Pointless(HubError):
    """The change would change nothing, or is not for this part."""


@dataclass(frozen=True, slots=True)
class InForce:
    """An estate's rules, and the newest version of each part. `version` 0: not yet recorded.

    `shipped` is the hash of the catalogue that they are made from.
    """

    version: int
    shipped: str
    edition: Edition
    newest: Mapping[str, PartVersion]


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes which part, such as `rule/leak`, why, and the version that they looked at."""

    estate: str
    part: str
    seen: int
    reason: str
    by: Actor


def adopt_shipped(db: Connection, estate: str, shipped: Rulebook, *, now: Instant) -> None:
    """Make the catalogue that ships with this program the estate's, if it is not yet.

    Rules that somebody edited stay as edited. Where these no longer fit the catalogue, the rules in
    force stay as they are, and a system alarm says why. Where this program cannot read the rules in
    force at all, those that ship take their place, with a system alarm too.
    """
    digest = content_hash(shipped)
    with db.transaction():
        estates.lock(db, estate)
        latest = rulebooks.latest(db, estate)
        if latest is not None and latest.shipped == digest:
            return
        current = None
        try:
            current = edition_of(latest) if latest else None
        except ValidationError as error:
            faults = "; ".join(sentences(error))
            detail = f"edited rules cannot be read any more: {faults}; save them again"
            _report(db, estate, digest, detail, now)
        edition = upgrade(current, shipped, rulebooks.used(db, estate))
        misfits = [str(misfit) for misfit in edition.rulebook.misfits()]
        if misfits:
            detail = f"the shipped rules were not taken in: {'; '.join(misfits)}; mend the rule"
            _report(db, estate, digest, detail, now)
            return
        before = current.rulebook if current else None
        number = latest.number + 1 if latest else 1
        version = Version(
            number, as_data(edition.rulebook), digest, edition.edited, now, "system", _ADOPTED
        )
        record(db, estate, version, before, edition.rulebook, {})


def _report(db: Connection, estate: str, digest: str, detail: str, now: Instant) -> None:
    fault = Fault(f"rulebook/{digest[:12]}", detail)
    inbox.append(db, estate_id=estate, lane=Lane.COMMANDS, kind="fault", body=fault, at=now)


def part_key(noun: str, id_: str) -> str:
    """A part's key, such as `rule/leak`."""
    return f"{noun}/{id_}"


def is_own(key: str) -> bool:
    """Whether a part did not ship with the program."""
    return key not in parts(shipped_rulebook())


def in_force(db: Connection, estate: str | None) -> InForce:
    """What decides on the estate; None: what ships. Raises UnknownPart: no such estate."""
    if estate is None:
        return InForce(0, "", Edition(shipped_rulebook()), {})
    latest = rulebooks.latest(db, estate)
    if latest is None:
        if estates.latest(db, estate) is None:
            raise UnknownPart(f"estate {estate!r}: there is none with this id")
        return InForce(0, "", Edition(shipped_rulebook()), {})
    return InForce(latest.number, latest.shipped, edition_of(latest), rulebooks.newest(db, estate))


def check(
    db: Connection, estate: str, noun: Noun, id_: str | None, words: str, channels: Channels
) -> Part:
    """The part that the words say; `id_` is the one that they shall have.

    Raises UnknownPart, RuleFileFault: all that is wrong with them.
    """
    return _read(db, estate, in_force(db, estate).edition.rulebook, noun, id_, words, channels)


def save(
    db: Connection, change: Change, words: str, *, now: Instant, channels: Channels = _NONE
) -> int:
    """Make `words` the part's newest version, and give its number.

    `channels` are those that a policy may name.

    Raises UnknownPart, Stale, Pointless, RuleFileFault.
    """
    noun, _, id_ = change.part.partition("/")
    force = _to_change(db, change, now)
    part = _read(db, change.estate, force.edition.rulebook, noun, id_, words, channels)
    return _put(db, change, force, part, words, now=now)


def switch(db: Connection, change: Change, *, enabled: bool, now: Instant) -> int:
    """Have a rule no longer, or again, watch. Raises as `save`."""
    force = _to_change(db, change, now)
    rule = force.edition.rulebook.rules.get(change.part.partition("/")[2])
    if rule is None:
        raise UnknownPart(f"{change.part}: there is none with this id")
    words = with_switch(force.newest[change.part].words or "", enabled=enabled)
    part = _read(db, change.estate, force.edition.rulebook, "rule", rule.id, words, _NONE)
    if not isinstance(part, Rule) or part.enabled != enabled:  # it is not laid out as we write it
        part = rule.model_copy(update={"enabled": enabled})
        words = words_of(part)
    return _put(db, change, force, part, words, now=now)


def roll_back(
    db: Connection, change: Change, to: int, *, now: Instant, channels: Channels = _NONE
) -> int:
    """Make an earlier version of the part the newest one again. Raises as `save`."""
    noun, _, id_ = change.part.partition("/")
    force = _to_change(db, change, now)
    versions = {v.number: v for v in rulebooks.history(db, change.estate, change.part)}
    words = versions[to].words if to in versions else None
    if words is None:
        raise UnknownPart(f"{change.part}: it has no version {to} to go back to")
    part = _read(db, change.estate, force.edition.rulebook, noun, id_, words, channels)
    return _put(db, change, force, part, words, now=now)


def remove(db: Connection, change: Change, *, now: Instant) -> int:
    """Take a rule out that did not ship. Raises as `save`."""
    force = _to_change(db, change, now)
    id_ = change.part.partition("/")[2]
    if id_ in shipped_rulebook().rules:
        raise Pointless(f"rule {id_} ships with the program: disable it instead")
    if id_ not in force.edition.rulebook.rules:
        raise UnknownPart(f"{change.part}: there is none with this id")
    return _put(db, change, force, None, None, now=now)


def _to_change(db: Connection, change: Change, now: Instant) -> InForce:
    """What is in force, locked until the transaction ends. Raises UnknownPart, Stale."""
    estates.lock(db, change.estate)
    force = in_force(db, change.estate)
    if force.version == 0:
        adopt_shipped(db, change.estate, shipped_rulebook(), now=now)
        force = in_force(db, change.estate)
    newest = force.newest.get(change.part)
    number = newest.number if newest else 0
    if number != change.seen:
        who = f" by {newest.created_by}" if newest else ""
        raise Stale(
            f"version {change.seen}: {change.part} is at version {number} now, saved{who}; "
            "look at it and make your change again"
        )
    return force


def _read(
    db: Connection,
    estate: str,
    rulebook: Rulebook,
    noun: str,
    id_: str | None,
    words: str,
    channels: Channels,
) -> Part:
    """The part that `words` say. Raises RuleFileFault."""
    part: Rule | Plan
    match noun:
        case "rule":
            rules = parse_rules(words, "rule", types=device_types(), rulebook=rulebook)
            if len(rules) != 1:
                raise _fault("", str(len(rules)), "one_alone")
            (part,) = rules
            _refuse_breadth(db, estate, part)
        case "plan":
            part = parse_plan(words, "plan", rulebook=rulebook)
        case "message":
            return parse_message(words, id_ or noun)
        case _:
            name = next((policy for policy in POLICIES if policy == id_), None)
            if name is None:
                raise UnknownPart(f"policy {id_}: there is none; use one of {', '.join(POLICIES)}")
            return parse_policy(words, name, rulebook, channels)
    if id_ is not None and part.id != id_:
        raise _fault("id", part.id, "wrong_id", id_)
    return part


def _refuse_breadth(db: Connection, estate: str, rule: Rule) -> None:
    latest = estates.latest(db, estate)
    if latest is None:
        return
    points = points_watched(rule, expand(parse(latest.body), device_types()))
    if points > MOST_POINTS:
        expected = f"{points} points of this estate, {MOST_POINTS} are allowed"
        raise _fault("device_types", str(points), "too_many_points", expected)


def _fault(field: str, value: str, code: str, expected: str = "") -> RuleFileFault:
    return RuleFileFault([FileFault("rule", 1, field, value, code, expected)])


def _put(
    db: Connection, change: Change, force: InForce, part: Part | None, words: str | None, *,
    now: Instant,
) -> int:  # fmt: skip
    """A new version with the one part changed. Raises Pointless, RuleFileFault."""
    used = rulebooks.used(db, change.estate)
    edition = edit(force.edition, shipped_rulebook(), {change.part: part}, used)
    if not changed(force.edition.rulebook, edition.rulebook):
        raise Pointless(f"{change.part}: nothing that decides was changed, so nothing was saved")
    misfits = [
        FileFault(change.part, 1, "", m.id, "meaning", str(m)) for m in edition.rulebook.misfits()
    ]
    if misfits:
        raise RuleFileFault(misfits)
    number = used.get(change.part, 0) + 1
    version = Version(
        force.version + 1, as_data(edition.rulebook), force.shipped, edition.edited, now,
        change.by.user, change.reason,
    )  # fmt: skip
    record(
        db, change.estate, version, force.edition.rulebook, edition.rulebook, {change.part: words}
    )
    noun, _, id_ = change.part.partition("/")
    detail = {"reason": change.reason, "version": number, "rulebook": version.number}
    audit.append(db, change.by, f"{noun}.change", f"{change.estate}/{id_}", detail, at=now)
    return number
