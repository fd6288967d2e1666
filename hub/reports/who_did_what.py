"""Who did what: users by id and role, never a resident."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hub.reports.lines import Deed, Person
from hub.reports.timeline import in_words, waves
from hub.reports.words import word_or_key
from rules.records.events import Event
from rules.vocabulary.text import Text


def people(events: Sequence[Event], roles: Mapping[str, str]) -> tuple[Person, ...]:
    """Each user of `roles` who did anything, in the order in which they came in."""
    did: dict[str, Counter[Text]] = {}
    for event, times in waves(events):
        if event.by in roles:
            did.setdefault(event.by, Counter())[in_words(event, times)] += 1
    return tuple(
        Person(user, word_or_key("user", roles[user]), tuple(Deed(w, n) for w, n in deeds.items()))
        for user, deeds in did.items()
    )
