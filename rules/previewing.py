"""What a notice would say, and to how many: worked out on the real estate, and sent to nobody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rules.affected import affected
from rules.estate import Estate
from rules.instant import Instant
from rules.messages import placeholders
from rules.places import Place
from rules.rulebook import Audience, PlanNotice, Rulebook
from rules.text import Text


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
    *, location: str, at: Instant,
) -> Preview:  # fmt: skip
    """`template` for `audience` as if it happened at `place` now. Raises NoSuchMessage."""
    found = _told_by(rulebook, template, audience)
    message = rulebook.messages.get(template)
    if message is None:
        names = ", ".join(sorted(rulebook.messages))
        raise NoSuchMessage(f"there is no message {template!r}: use one of {names}")
    reason, restore_h = found or (Text("the fault", "故障"), 0.0)
    values = placeholders(
        estate, place, reason=reason, location=location, restore_h=restore_h, at=at
    )
    try:
        text = message.fill(**values)
    except KeyError as needed:
        raise NoSuchMessage(f"message {template} needs {needed}, which a person writes") from None
    return Preview(template, text, *parts_of(affected(audience, estate, place).values()))


def parts_of(whys: Iterable[tuple[int, str]]) -> tuple[int, tuple[Part, ...]]:
    """How many households in all, and by wave and reason."""
    counts = Counter(whys)
    parts = (Part(wave, why, count) for (wave, why), count in sorted(counts.items()))
    return counts.total(), tuple(parts)


def _told_by(rulebook: Rulebook, template: str, audience: Audience) -> tuple[Text, float] | None:
    """The name of the plan that sends it, and the hours until it expects the end."""
    for plan in rulebook.plans.values():
        if any(_is(notice, template, audience) for notice in plan.notices):
            return plan.name, plan.restore_h or 0.0
    return None


def _is(notice: PlanNotice, template: str, audience: Audience) -> bool:
    return notice.template == template and notice.audience == audience
