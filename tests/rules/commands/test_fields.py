"""What a client may send: checked by the types of the command's fields, each fault by its field."""

from typing import Any

import pytest
from pydantic import ValidationError

from rules.commands import COMMANDS, model_of
from rules.vocabulary.fields import MOST_PHOTOS
from rules.vocabulary.instant import from_rfc3339

PHOTO = "a" * 64
FINE: dict[str, dict[str, Any]] = {
    "alarm.shelve": {"alarm": "riverside-a1", "until": "2026-07-01T10:30:00Z", "reason": "mopped"},
    "device.take_out_of_service": {
        "device": "d1", "until": "2026-07-01T10:30:00Z", "reason": "r", "measure": "patrol",
    },
    "drill.plan": {
        "estate": "riverside", "kind": "functional", "title": "Fire", "plan": "FIRE", "level": "II",
        "participants": [{"user": "leader", "duty": "SL"}],
        "script": [{"after_s": 5, "rule": "smoke-fire", "device": "d1"}],
    },
    "incident.close": {"incident": "riverside-i1", "outcome": "resolved", "reason": "over"},
    "incident.merge": {"incident": "riverside-i1", "into": "riverside-i2", "reason": "one pipe"},
    "incident.split": {"incident": "riverside-i1", "alarms": ["riverside-a1"], "reason": "two"},
    "incident.start": {"estate": "riverside", "kind": "fire", "level": "II", "reason": "a call"},
    "notice.send_update": {"incident": "riverside-i1", "en": "Soon.", "zh": "快了。"},
    "review.add_measure": {
        "review": "riverside-r1", "phase": "act", "words": "renew hoses", "owner": "CS",
        "until": "2026-07-01T10:30:00Z",
    },
    "review.complete_task": {"review": "riverside-r1", "task": "review"},
    "review.record_cause": {"review": "riverside-r1", "words": "hose", "part": "owner"},
    "review.record_damage": {
        "review": "riverside-r1", "household": "B3-04-01",
        "items": [{"words": "ceiling", "cost_fen": 1}],
    },
    "ticket.add_effort": {
        "ticket": "riverside-t1", "kind": "part", "words": "valve", "quantity": 1.5, "unit": "pc",
    },
    "ticket.call_back": {"ticket": "riverside-t1", "score": 4, "fixed": "yes"},
    "ticket.complain": {"estate": "riverside", "words": "nobody came"},
    "ticket.complete_task": {"ticket": "riverside-t1", "task": "confirm"},
    "ticket.dispatch": {"ticket": "riverside-t1", "assignee": "engineer"},
    "ticket.open": {"incident": "riverside-i1", "role": "CL", "class": "urgent", "title": "Dry"},
    "ticket.report": {
        "estate": "riverside", "words": "drips", "category": "water", "urgency": "ordinary",
    },
    "ticket.suspend": {
        "ticket": "riverside-t1", "cause": "parts", "approver": "manager",
        "until": "2026-07-01T10:30:00Z", "reason": "ordered",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_what_is_as_it_should_be_becomes_the_command(name: str) -> None:
    model = model_of(COMMANDS[name]).model_validate(FINE[name])
    command = COMMANDS[name](**dict(iter(model)))
    assert (command.name, command.target) == (name, next(iter(FINE[name].values())))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("alarm.shelve", "reason", " "),
        ("alarm.shelve", "reason", "a\0b"),
        ("alarm.shelve", "until", "soon"),
        ("alarm.shelve", "until", "2026-07-01T10:30:00"),
        ("alarm.shelve", "until", "2999-07-01T10:30:00Z"),
        ("alarm.shelve", "alarm", "no id"),
        ("device.take_out_of_service", "measure", " "),
        ("drill.plan", "title", " "),
        ("drill.plan", "title", "x" * 121),
        ("drill.plan", "kind", "real"),
        ("drill.plan", "level", "V"),
        ("drill.plan", "participants", ["leader"]),
        ("drill.plan", "participants", [{"user": "leader", "duty": "XX"}]),
        ("drill.plan", "begins", "yesterday"),
        ("drill.plan", "script", [{}]),
        ("drill.plan", "script", [{"after_s": -1, "rule": "leak", "device": "d1"}]),
        ("incident.close", "outcome", "whatever"),
        ("incident.close", "cause", "ghosts"),
        ("incident.close", "reason", ""),
        ("incident.merge", "reason", " "),
        ("incident.split", "alarms", []),
        ("incident.start", "kind", "party"),
        ("incident.start", "level", "V"),
        ("incident.start", "floor", "six"),
        ("incident.start", "reason", " "),
        ("notice.send_update", "en", " "),
        ("notice.send_update", "zh", ""),
        ("notice.send_update", "en", "x" * 501),
        ("notice.send_update", "eta", "soon"),
        ("review.add_measure", "phase", "hope"),
        ("review.add_measure", "owner", "me"),
        ("review.complete_task", "score", 6),
        ("review.record_cause", "words", ""),
        ("review.record_cause", "part", "nobody"),
        ("review.record_damage", "items", "ceiling"),
        ("review.record_damage", "items", []),
        ("review.record_damage", "items", [{"words": "x", "cost_fen": -1}]),
        ("review.record_damage", "offer_fen", 1.5),
        ("ticket.add_effort", "quantity", 0),
        ("ticket.add_effort", "cost_fen", 0.5),
        ("ticket.call_back", "score", 6),
        ("ticket.call_back", "score", ""),
        ("ticket.call_back", "fixed", "perhaps"),
        ("ticket.complain", "grade", "huge"),
        ("ticket.complete_task", "headcount", -1),
        ("ticket.complete_task", "headcount", 2.5),
        ("ticket.complete_task", "reading", "much"),
        ("ticket.complete_task", "reading", float("nan")),
        ("ticket.complete_task", "signature", "drawn"),
        ("ticket.dispatch", "assignee", ""),
        ("ticket.open", "role", "XX"),
        ("ticket.open", "title", " "),
        ("ticket.open", "class", "huge"),
        ("ticket.report", "urgency", "emergency"),
        ("ticket.report", "words", "  "),
        ("ticket.report", "photos", [f"{n:064x}" for n in range(MOST_PHOTOS + 1)]),
        ("ticket.suspend", "cause", "holiday"),
        ("ticket.suspend", "approver", ""),
    ],
)
def test_what_is_of_no_use_is_named_by_its_field(name: str, field: str, value: object) -> None:
    with pytest.raises(ValidationError) as found:
        model_of(COMMANDS[name]).model_validate({**FINE[name], field: value})
    assert {error["loc"][0] for error in found.value.errors()} == {field}


def test_clients_write_times_in_rfc_3339_and_the_command_holds_the_instant() -> None:
    model = model_of(COMMANDS["alarm.shelve"]).model_validate(FINE["alarm.shelve"])
    assert dict(iter(model))["until"] == from_rfc3339("2026-07-01T10:30:00Z")


def test_a_photo_that_is_named_twice_is_one_and_an_empty_id_is_none() -> None:
    report = {**FINE["ticket.report"], "photos": [PHOTO, PHOTO], "building": ""}
    model = dict(iter(model_of(COMMANDS["ticket.report"]).model_validate(report)))
    assert (model["photos"], model["building"]) == ((PHOTO,), None)
