"""What the inbox holds of a command: every form in which it was ever written is read for ever."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.commands import COMMANDS, read
from rules.commands.written import Unusable
from rules.records.events import Refusal
from rules.state.inputs import Command, Ordered
from tests.rules.commands.making import making
from tests.rules.timeline import Timeline

UNTIL_0_1 = Path(__file__).with_name("until_0_1.jsonl").read_text("utf-8").splitlines()
"""Every command of 0.1, as it was written then and as it is now."""

_any = st.sampled_from(list(COMMANDS.values())).flatmap(making)


@given(_any)
def test_what_is_written_is_read_again(command: Command) -> None:
    order = Ordered(command, "desk", "operator")
    assert read(msgspec.json.encode(order)) == order


@pytest.mark.parametrize("line", UNTIL_0_1, ids=lambda line: json.loads(line)["was"]["name"])
def test_command_of_0_1_is_brought_forward(line: str) -> None:
    kept = json.loads(line)
    assert json.loads(msgspec.json.encode(read(json.dumps(kept["was"])))) == kept["is"]


def test_every_command_of_0_1_is_kept_as_it_was_written() -> None:
    assert len({json.loads(line)["was"]["name"] for line in UNTIL_0_1}) == 56


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("alarm.dance", {}),
        ("", {}),
        ("alarm.shelve", {"until": "soon"}),
        ("incident.start", {"kind": "fire", "level": "V"}),
        ("drill.plan", {"participants": "leader"}),
        ("drill.plan", {"script": "[{}"}),
        ("review.record_damage", {"household": "B3-04-01", "items": "[]"}),
    ],
)
def test_command_of_0_1_that_made_no_sense_is_refused_without_a_word_of_it(
    timeline: Timeline, name: str, params: dict[str, str]
) -> None:
    was = {"name": name, "target": "x", "by": "desk", "role": "operator", "params": params}
    order = read(json.dumps(was))
    assert isinstance(order.command, Unusable)
    (event,) = timeline.at(0, order)
    assert isinstance(event.record, Refusal)
    assert (event.record.id, event.record.command) == ("x", name)
    assert event.record.code == "unknown-command"
    assert not any(value in event.record.detail for value in params.values())


@pytest.mark.parametrize(
    "body",
    [
        {"role": "operator", "command": {"name": "alarm.reset", "alarm": "x"}},
        {"by": "desk", "role": "operator", "command": "alarm.reset"},
    ],
)
def test_what_no_version_wrote_is_not_read(body: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(json.dumps(body))


@pytest.mark.parametrize(
    "command",
    [
        {"name": "alarm.dance", "alarm": "x"},
        {"name": "alarm.shelve", "alarm": "x", "until": 1, "why": "renamed"},
    ],
)
def test_command_of_a_later_version_is_refused(timeline: Timeline, command: dict[str, Any]) -> None:
    body = {"command": command, "by": "desk", "role": "operator"}
    (event,) = timeline.at(0, read(json.dumps(body)))
    assert isinstance(event.record, Refusal)
    assert (event.record.id, event.record.command) == ("x", command["name"])
    assert event.record.code == "unknown-command"
