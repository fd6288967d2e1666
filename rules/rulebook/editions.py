"""An estate's rulebook from version to version: what ships, what was edited, how it is numbered.

An upgrade of the program brings new rules in and takes old ones out, but never touches what
somebody has edited. Each rule and each plan counts its own changes; a number is never used again,
so that the version which an event names always means the same words.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from rules.rulebook.plan import Plan
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import POLICIES, Policy, Rulebook, as_data
from rules.vocabulary.text import Text

Part = Rule | Plan | Text | Policy
"""What can be edited: a rule, a plan, a message, a policy."""

_FOLDERS = {"rule": "rules", "plan": "plans", "message": "messages"}


@dataclass(frozen=True, slots=True)
class Edition:
    """A rulebook of an estate. `edited` names the parts that are not as shipped, `rule/leak`."""

    rulebook: Rulebook
    edited: frozenset[str] = frozenset()


def parts(rulebook: Rulebook) -> dict[str, Part]:
    """By key (`rule/leak`, `plan/PIPE`, `message/LEAK`, `policy/notice_policy`), what is edited."""
    many: dict[str, Part] = {
        f"{noun}/{id_}": part
        for noun, folder in _FOLDERS.items()
        for id_, part in getattr(rulebook, folder).items()
    }
    return many | {f"policy/{name}": getattr(rulebook, name) for name in POLICIES}


def part_data(part: Part) -> Any:
    """The part as JSON data."""
    return {"en": part.en, "zh": part.zh} if isinstance(part, Text) else as_data(part)


def changed(before: Rulebook | None, after: Rulebook) -> dict[str, Part | None]:
    """The parts that `after` has otherwise than `before`; None: it no longer has it."""
    old = parts(before) if before else {}
    new = parts(after)
    return {
        key: new.get(key)
        for key in (*new, *(old.keys() - new.keys()))
        if new.get(key) != old.get(key)
    }


def content_hash(rulebook: Rulebook) -> str:
    """What tells one shipped catalogue from another."""
    content = msgspec.json.encode(as_data(rulebook), order="sorted")
    return hashlib.sha256(content).hexdigest()


def edit(
    current: Edition, shipped: Rulebook, changes: Mapping[str, Part | None], used: Mapping[str, int]
) -> Edition:
    """The edition with `changes` made; None takes a part out.

    `used` has the highest number that each part ever had on this estate. The result may not fit
    together: ask its `misfits`. A part that is again as it shipped no longer counts as edited.
    """
    wanted = {**parts(current.rulebook), **changes}
    original = parts(shipped)
    edited = current.edited - changes.keys()
    edited |= {key for key in changes if not _same(wanted[key], original.get(key))}
    return _numbered(current.rulebook, wanted, current.rulebook, edited, used)


def upgrade(current: Edition | None, shipped: Rulebook, used: Mapping[str, int]) -> Edition:
    """`shipped`, with what was edited on the estate kept as it was edited.

    Messages that no longer ship stay: an open incident may yet need them.
    """
    if current is None:
        return _numbered(shipped, parts(shipped), None, frozenset(), used)
    original, mine = parts(shipped), parts(current.rulebook)
    kept = {
        key: part
        for key, part in mine.items()
        if key in current.edited or (key.startswith("message/") and key not in original)
    }
    wanted = {**original, **kept}
    edited = frozenset(k for k in current.edited if not _same(wanted.get(k), original.get(k)))
    return _numbered(shipped, wanted, current.rulebook, edited, used)


def _numbered(
    base: Rulebook,
    wanted: Mapping[str, Part | None],
    earlier: Rulebook | None,
    edited: frozenset[str],
    used: Mapping[str, int],
) -> Edition:
    """`base` with the parts `wanted`: one that is as it was keeps its number."""
    before = parts(earlier) if earlier else {}
    folders: dict[str, dict[str, Part]] = {folder: {} for folder in _FOLDERS.values()}
    policies: dict[str, Part] = {}
    for key, part in wanted.items():
        noun, _, id_ = key.partition("/")
        if part is None:
            continue
        if isinstance(part, Rule | Plan):
            last, number = before.get(key), used.get(key, 0) + 1
            if isinstance(last, Rule | Plan) and _same(part, last):
                number = last.version
            part = part.model_copy(update={"version": number})
        into = policies if noun == "policy" else folders[_FOLDERS[noun]]
        into[id_] = part
    return Edition(base.model_copy(update={**folders, **policies}), edited)


def _same(one: Part | None, other: Part | None) -> bool:
    """Whether two parts say the same, whatever their numbers."""
    if isinstance(one, Rule | Plan) and isinstance(other, Rule | Plan):
        return one.model_copy(update={"version": 1}) == other.model_copy(update={"version": 1})
    return one == other
