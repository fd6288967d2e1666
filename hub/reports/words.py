"""The report's words, in both languages."""

from functools import cache
from importlib.resources import files

import yaml

from rules.vocabulary.instant import MINUTE, SECOND
from rules.vocabulary.text import Text

_HOUR_S = 3600


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    text = files("hub.reports").joinpath("words.yaml").read_text("utf-8")
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return found


def word(group: str, key: str, **values: str | Text) -> Text:
    """The text of `key`, filled. Raises KeyError: there is none, or a value is missing."""
    return Text(**_words()[group][key]).fill(**values)


def word_or_key(group: str, key: str, **values: str | Text) -> Text:
    """The text of `key`, or `key` itself where a newer record has one that we lack."""
    return word(group, key, **values) if key in _words()[group] else Text(key, key)


def events_in_words() -> frozenset[str]:
    """The kinds of event that have words."""
    return frozenset(_words()["events"])


def span(microseconds: int) -> Text:
    """A length of time, to the minute from an hour on, before that to the second."""
    total_s = round(abs(microseconds) / SECOND)
    if total_s >= _HOUR_S:
        return word("span", "hours", h=str(total_s // _HOUR_S), m=str(total_s % _HOUR_S // 60))
    minutes, seconds = divmod(total_s * SECOND, MINUTE)
    if minutes:
        return word("span", "minutes", m=str(minutes), s=str(seconds // SECOND))
    return word("span", "seconds", s=str(total_s))
