"""What a notice would say, and to how many: worked out on the real estate, and sent to nobody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rules.estate.affected import Audience, affected
from rules.estate.graph import Estate
from rules.messages.placeholders import placeholders
from rules.rulebook.plan import Plan
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Level
from rules.vocabulary.text import Text

_FAULT = Text("the fault", "故障")
"""What happened, where no plan sends the message."""


@dataclass(frozen=True, slots=True)
class Part:
    """Households that are told in the same wave for the same reason."""

    wave: int
    why: str
    households: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The text in both languages, and who would get it, first wave first."""

    template: str
    text: Text
    households: int
    parts: tuple[Part, ...]


class NoSuchMessage(Exception):
    """There is no message of this name, or it needs a person's words."""


def preview(
    rulebook: Rulebook, estate: Estate, template: str, audience: Audience, place: Place,
    *, location: str, at: Instant, draft: Text | None = None, words: Text | None = None,
) -> Preview:  # fmt: skip
    """`template` for `audience` as if it happened at `place` now. Raises NoSuchMessage.

    `draft` is tried in place of the message in force, `words` stand for those of a person.
    """
    told_by = _told_by(rulebook, template, audience)
    message = draft or rulebook.messages.get(template)
    if message is None:
        names = ", ".join(sorted(rulebook.messages))
        raise NoSuchMessage(f"there is no message {template!r}: use one of {names}")
    plan, level = told_by or (None, "IV")
    values = placeholders(
        estate, place, reason=plan.name if plan else _FAULT, location=location,
        restore_h=(plan.restore_h if plan else None) or 0.0, at=at,
        kind=plan.kind if plan else "ticket", level=level,
    )  # fmt: skip
    try:
        text = message.fill(**values, **({"words": words, "body": words} if words else {}))
    except KeyError as needed:
        raise NoSuchMessage(f"message {template} needs {needed}, which a person writes") from None
    return Preview(template, text, *parts_of(affected(audience, estate, place).values()))


def parts_of(whys: Iterable[tuple[int, str]]) -> tuple[int, tuple[Part, ...]]:
    """How many households in all, and by wave and reason."""
    counts = Counter(whys)
    parts = (Part(wave, why, count) for (wave, why), count in sorted(counts.items()))
    return counts.total(), tuple(parts)


def _told_by(rulebook: Rulebook, template: str, audience: Audience) -> tuple[Plan, Level] | None:
    """The plan that sends it, and the lowest level at which it does."""
    for plan in rulebook.plans.values():
        for notice in plan.notices:
            if (notice.template, notice.audience) == (template, audience):
                return plan, notice.from_level or "IV"
    return None
