"""What a person wrote stays in the event: by its type, and not by a list of names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.commands import COMMANDS, files_of, without_words
from rules.commands.alarms import ShelveAlarm
from rules.commands.reports import Complain
from rules.commands.reviews import RecordDamage
from rules.commands.tasks import CompleteTask
from rules.records.reviews import DamageItem
from rules.state.inputs import Command
from rules.vocabulary.fields import FileHash, Holds, Id, OptionalId, Photos, Time, Words, held_in
from rules.vocabulary.instant import to_rfc3339
from tests.rules.commands.making import WRITTEN, making
from tests.rules.riverside import START


@given(st.sampled_from(list(COMMANDS.values())).flatmap(making))
def test_no_word_of_any_command_is_kept_outside_its_event(command: Command) -> None:
    kept = set(_texts(without_words(command)))
    assert not kept & set(WRITTEN)
    assert command.target in kept


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)


def test_ids_times_and_figures_are_kept_in_a_form_that_people_read() -> None:
    complaint = Complain(
        "riverside", "no answer", "an apology", "major", "riverside-i1", household="B3-05-01"
    )  # fmt: skip
    assert without_words(complaint) == {
        "estate": "riverside", "grade": "major", "about": "riverside-i1", "household": "B3-05-01",
    }  # fmt: skip
    shelf = ShelveAlarm("riverside-a1", START, "mopping")
    assert without_words(shelf) == {"alarm": "riverside-a1", "until": to_rfc3339(START)}


def test_words_within_a_part_take_the_whole_part_along() -> None:
    damage = RecordDamage("riverside-r1", "B3-05-01", (DamageItem("ceiling", 5),), offer_fen=3)
    assert without_words(damage) == {
        "review": "riverside-r1", "household": "B3-05-01", "offer_fen": 3,
    }  # fmt: skip


@dataclass(frozen=True)
class Part:
    id: Id
    note: str


@pytest.mark.parametrize(
    ("hint", "held"),
    [
        (str, {Holds.WORDS}),
        (Annotated[str, "a limit"], {Holds.WORDS}),
        (Words, {Holds.WORDS}),
        (Words | None, {Holds.WORDS}),
        (tuple[Part, ...], {Holds.WORDS, Holds.ID}),
        (OptionalId, {Holds.ID}),
        (Time | None, {Holds.TIME}),
        (Photos, {Holds.FILE}),
        (FileHash | None, {Holds.FILE}),
        (Literal["yes", "no"], set()),
        (int | None, set()),
    ],
)
def test_a_text_is_free_words_unless_its_type_says_otherwise(hint: Any, held: set[Holds]) -> None:
    assert held_in(hint) == held


def test_files_are_found_wherever_a_command_names_them() -> None:
    task = CompleteTask("riverside-t1", "confirm", photos=("a" * 64, "b" * 64), signature="c" * 64)
    assert files_of(task) == {"a" * 64, "b" * 64, "c" * 64}
    assert files_of(msgspec.structs.replace(task, photos=(), signature=None)) == set()
