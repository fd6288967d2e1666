"""What the words of a message may be: plain, in both languages, each placeholder filled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from rules.messages.placeholders import DRILL, PLACEHOLDERS, UPDATE, UPDATE_ETA
from rules.vocabulary.text import Language, Text
from rules.written.faults import REMEDIES, choices

LONGEST_MESSAGE = 500
"""Characters in one language: what a page and a message on a phone can show."""

_WRITTEN = {
    UPDATE: frozenset({"words"}),
    UPDATE_ETA: frozenset({"words", "eta"}),
    DRILL: frozenset({"body"}),
}
"""Messages that carry a person's words, or another message, and what they cannot do without."""

_UNPLAIN = re.compile(r"</?[A-Za-z!?][^<>]{0,40}>?|[\x00-\x09\x0b-\x1f\x7f]")
_NEVER_FILLED = {"words", "body"}
_UNFILLABLE = ("placeholder_form", "unknown_placeholder", "one_language")


@dataclass(frozen=True, slots=True)
class WordFault:
    """What is wrong with a message in one language; `code` is one of `REMEDIES`."""

    language: Language
    value: str
    code: str
    expected: str = ""

    @property
    def remedy(self) -> str:
        return REMEDIES[self.code].format(expected=self.expected)

    def __str__(self) -> str:
        got = f" {self.value}" if self.value else ""
        return f"({self.language}):{got} {self.remedy}"


def fillable(template: str) -> list[str]:
    """The placeholders that are filled in a message of this name."""
    own = _WRITTEN.get(template, frozenset())
    return [name for name in PLACEHOLDERS if name not in _NEVER_FILLED or name in own]


def word_faults(template: str, text: Text) -> list[WordFault]:
    """All that is wrong with the message `template`; nothing: it can be sent."""
    languages: tuple[Language, ...] = ("en", "zh")
    found = [fault for language in languages for fault in _in_language(template, text, language)]
    if any(fault.code == "placeholder_form" for fault in found):
        return found
    known = set(fillable(template))
    en, zh = _names(text.en) & known, _names(text.zh) & known
    found += [WordFault("en", f"{{{name}}}", "one_language") for name in sorted(zh - en)]
    found += [WordFault("zh", f"{{{name}}}", "one_language") for name in sorted(en - zh)]
    return found


def known_placeholders(messages: dict[str, Text]) -> dict[str, Text]:
    """The messages, each of whose placeholders something fills. Raises ValueError: all faults."""
    faults = [
        f"message {template} {fault}"
        for template, text in messages.items()
        for fault in word_faults(template, text)
        if fault.code in _UNFILLABLE
    ]
    if faults:
        raise ValueError("; ".join(faults))
    return messages


def _in_language(template: str, text: Text, language: Language) -> Iterator[WordFault]:
    words = text.in_(language)
    if not words.strip():
        yield WordFault(language, "", "no_words")
    if len(words) > LONGEST_MESSAGE:
        yield WordFault(language, str(len(words)), "too_long", str(LONGEST_MESSAGE))
    for found in _UNPLAIN.findall(words):
        yield WordFault(language, found if found.isprintable() else repr(found), "unplain")
    try:
        parts = [part for part in Formatter().parse(words) if part[1] is not None]
    except ValueError:
        yield WordFault(language, "", "placeholder_form")
        return
    known = fillable(template)
    for _, name, spec, conversion in parts:
        if name in known and (spec or conversion):
            yield WordFault(language, f"{{{name}…}}", "placeholder_form")
    names = {str(part[1]) for part in parts}
    for name in sorted(names - set(known)):
        yield WordFault(language, f"{{{name}}}", "unknown_placeholder", choices(known, name))
    for name in sorted(_WRITTEN.get(template, frozenset()) - names):
        yield WordFault(language, f"{{{name}}}", "needed_placeholder")


def _names(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
