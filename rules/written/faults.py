"""What is wrong with a file of rules, plans or messages: where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""The way from a file's root to a value: keys of mappings, places in lists from 0."""


def dotted(path: Path) -> str:
    """`when.all[1].below`, with places in lists counted from 0 as JSON does."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.removeprefix(".")


MOST_CHOICES = 12


def choices(values: Iterable[str], near: str = "") -> str:
    """The values to choose from; where they are many, the ones that look like `near`."""
    known = sorted(values)
    if len(known) > MOST_CHOICES:
        known = [*(get_close_matches(near, known, MOST_CHOICES) or known[:MOST_CHOICES]), "…"]
    return ", ".join(known) or "none"


REMEDIES = {
    "missing": "is missing; add it",
    "unknown_field": "is not a field here; check its spelling or remove it",
    "not_a_number": "give a number",
    "not_a_word": "give a word or a text; put it in quotes where it looks like a number",
    "not_a_flag": "give true or false",
    "not_a_list": "give a list, such as [a, b]",
    "not_a_mapping": "give fields, each as `name: value`",
    "too_small": "give a number over {expected}",
    "too_small_or_equal": "give {expected} or more",
    "too_big": "give a number under {expected}",
    "too_big_or_equal": "give {expected} or less",
    "not_a_choice": "use one of {expected}",
    "pattern": "use only what matches {expected}",
    "meaning": "{expected}",
    "unknown_type": "no such device type; use one of {expected}",
    "unknown_signal": "no such signal of these devices; use one of {expected}",
    "unknown_state": "the signal never takes this value; use one of {expected}",
    "unknown_rule": "there is no such rule; use one of {expected}",
    "unknown_notice": "the plan of this kind of incident has no such notice; use one of {expected}",
    "unknown_message": "there is no such message; use one of {expected}",
    "unknown_placeholder": "nothing fills this placeholder; use one of {expected}",
    "needed_placeholder": "is what this message is for; write it too",
    "one_language": "stands in one language only; use it in both",
    "placeholder_form": "write placeholders as {{name}} alone, and other braces twice",
    "no_words": "write what residents shall read",
    "too_long": "is too long; use {expected} characters at the most",
    "unplain": "is no plain text; remove tags and control characters",
    "unknown_class": "this ticket class has no service level; use one of {expected}",
    "no_class": "add a ticket class from level IV on",
    "no_plan": "there is no plan for this kind of incident, so name a ticket class: {expected}",
    "blank": "is empty; fill it in",
    "no_time": "give a number over 0, or leave it out",
    "shared_rates": "all estates share the providers, so their rates stay as they are",
    "no_steps": "name at least one channel, or nobody is told",
    "circle": "the two explain each other; remove one",
    "linger": "is longer than alarms may come back after; give {expected} or less",
    "twice": "stands twice; rename or remove one",
    "one_alone": "give one rule, as its fields or as a list of one",
    "wrong_id": "this is another one's id; give {expected}",
    "too_many_points": "would watch {expected}; name fewer devices, or more in same",
    "yaml": "is no YAML: {expected}",
    "tag": "only plain numbers, words, lists and fields are read; remove the tag",
    "merge": "merge keys are not read; write the fields out",
    "too_large": "the file is too large; keep it under {expected}",
    "too_deep": "the file is nested too deeply; at most {expected} levels are read",
    "too_many": "the file holds too much (aliases count each time); at most {expected}",
    "empty": "the file is empty; write at least one rule",
}
"""By code, what to do; `{expected}` is filled with what would be right."""


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault of a file: where it stands, what stands there, and what to do.

    `line` counts from 1; `field` is in the author's words, such as `when.all[1].below`, and empty
    for the file as a whole. `code` is stable, a key of `REMEDIES`.
    """

    file: str
    line: int
    field: str
    value: str
    code: str
    expected: str = ""

    @property
    def remedy(self) -> str:
        return REMEDIES[self.code].format(expected=self.expected)

    def __str__(self) -> str:
        got = f" (got {self.value})" if self.value else ""
        return f"{self.file}:{self.line}: {self.field or 'file'}: {self.remedy}{got}"


class RuleFileFault(Exception):
    """The file cannot be used; `faults` are all that was found, by line."""

    def __init__(self, faults: list[FileFault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line, fault.field))
        super().__init__("\n".join(map(str, self.faults)))
