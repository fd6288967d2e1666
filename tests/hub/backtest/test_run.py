"""A backtest over a real table of readings: what it reads, how it is divided, what it refuses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hub.backtest import Job, as_data, prepared, run, table
from hub.backtest.errors import NothingRecorded, NothingToJudge, UnknownEstate, UnusablePeriod
from rules.catalogue import rulebook
from rules.rulebook.rule import Rule
from rules.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant
from store.database.connection import connect
from store.readings import readings
from store.readings.readings import Reading
from tests.rig.estates import ESTATE, LEAK_SENSOR, YAML, settle

FROM: Instant = 1_782_864_000 * SECOND
TO = FROM + DAY
LEAK = rulebook().rules["leak"]
UNHEARD = LEAK.model_copy(
    update={"id": "unheard", "when": LEAK.when.model_validate({"silent_s": 600})}
)


@pytest.fixture
def estate(database: str, tmp_path: Path) -> str:
    settle(database, tmp_path, now=FROM)
    return database


def record(dsn: str, *rows: tuple[str, str, Instant, float | str], quality: int = 0) -> None:
    """Store readings; `quality` 1: of a clock that is an hour ahead."""
    wrong = quality * HOUR
    with connect(dsn, name="tests") as db:
        readings_ = [
            Reading(ESTATE, device, signal, at + wrong, value, at, quality)
            for device, signal, at, value in rows
        ]
        for reading in readings_:
            readings.append(db, [reading], received_at=reading.at)


def wet(at: Instant, until: Instant, device: str = LEAK_SENSOR) -> list[tuple[Any, ...]]:
    return [(device, "wet", at, 1.0), (device, "wet", until, 0.0)]


def job(dsn: str, *tried: Rule, **other: Any) -> Job:
    period = {"from_at": FROM, "to_at": TO}
    return prepared(
        dsn, **{"estate": ESTATE, "rulebook": rulebook(), "rules": list(tried), **period, **other}
    )


def leak(**fields: Any) -> Rule:
    """The leak rule in force, but for these fields."""
    return LEAK.model_copy(update=fields)


def shown(dsn: str, tried: Sequence[Rule], *, processes: int = 1) -> list[tuple[Any, ...]]:
    """Kind, device, and when the alarm begins now and when tried, in seconds from the start."""
    report = run(job(dsn, *tried), processes=processes)
    return [
        (
            found.kind, found.shown.device,
            *(o and (o.raised_at - FROM) / SECOND for o in (found.current, found.tried)),
        )
        for found in report.differences
    ]  # fmt: skip


def test_a_longer_delay_moves_one_alarm_and_takes_another_away(estate: str) -> None:
    record(
        estate, *wet(FROM + HOUR, FROM + 2 * HOUR), *wet(FROM + 5 * HOUR, FROM + 5 * HOUR + MINUTE)
    )
    assert shown(estate, [leak(on_delay_s=600)]) == [
        ("changed", LEAK_SENSOR, 3605, 4200),
        ("removed", LEAK_SENSOR, 18005, None),
    ]


def test_processes_divide_the_estate_and_change_nothing(
    estate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for floor in (1, 2, 3):
        for flat in (1, 2):
            device = f"b1-{floor:02}-{flat:02}-kitchen-leak"
            begins = FROM + floor * HOUR + flat * MINUTE
            record(estate, *wet(begins, begins + HOUR, device))
    tried = [leak(on_delay_s=120)]
    mains = Rule.model_validate(
        {
            **LEAK.model_dump(by_alias=True, exclude_none=True, exclude={"when"}),
            "id": "mains-lost", "device_types": ["mains"], "locations": None,
            "when": {
                "all": [
                    {"signal": "voltage_v", "below": 100},
                    {"signal": "wet", "of": {"type": "leak", "same": ["building"]}, "equals": 1},
                ]
            },
        }
    )  # fmt: skip
    record(estate, ("b1-mains", "voltage_v", FROM + 2 * HOUR, 0.0))
    alone = shown(estate, [*tried, mains])
    assert len(alone) == 7
    monkeypatch.setattr("hub.backtest.running.FEW_POINTS", 0)
    assert shown(estate, [*tried, mains], processes=2) == alone


def test_a_sensor_that_was_wet_before_the_period_is_not_raised_anew(estate: str) -> None:
    record(
        estate, (LEAK_SENSOR, "wet", FROM - 4 * HOUR, 1.0), (LEAK_SENSOR, "wet", FROM + HOUR, 1.0)
    )
    report = run(job(estate, leak(on_delay_s=60)), processes=1)
    assert report.differences == []
    assert report.rules["leak"].count.current == 0


def test_a_device_whose_clock_is_off_counts_at_the_time_of_arrival(estate: str) -> None:
    record(estate, (LEAK_SENSOR, "wet", FROM + HOUR, 1.0), quality=1)
    assert shown(estate, [leak(priority="P1")]) == [("changed", LEAK_SENSOR, 3605, 3605)]


def test_states_are_read_as_the_words_that_they_are(database: str, tmp_path: Path) -> None:
    panel = (
        "  - {id: b1-smoke, type: smoke, building: B1, floor: 1, zone: 1F, "
        "place: {en: Corridor, zh: 走廊}}\n"
    )
    settle(database, tmp_path, now=FROM, yaml=YAML + panel)
    record(
        database,
        ("b1-smoke", "panel_state", FROM + HOUR, "normal"),
        ("b1-smoke", "panel_state", FROM + 2 * HOUR, "fire"),
    )
    fire = next(rule for rule in rulebook().rules.values() if "smoke" in rule.device_types)
    tried = Rule.model_validate(
        {
            **fire.model_dump(by_alias=True, exclude_none=True),
            "id": "try", "on_delay_s": 0,
            "when": {"signal": "panel_state", "one_of": ["fire"]},
        }
    )  # fmt: skip
    assert shown(database, [tried]) == [("added", "b1-smoke", None, 7200)]


def test_machines_get_every_field_and_people_a_table(estate: str) -> None:
    record(estate, *wet(FROM + HOUR, FROM + 2 * HOUR), *wet(FROM + 5 * HOUR, FROM + 6 * HOUR))
    report = run(job(estate, leak(priority="P1", on_delay_s=600)), processes=1)
    data = as_data(report, most=1)
    assert data["left_off"] == 1
    assert data["rules"][0]["moved"] == data["rules"][0]["reprioritised"] == 2
    (found,) = data["differences"]
    assert found["kind"] == "changed"
    assert found["current"]["raised_at"] == "2026-07-01T01:00:05.000000Z"
    assert found["tried"]["priority"] == "P1"
    text = "\n".join(table(report, shown=1))
    assert "leak  " in text
    assert "P1 2026-07-01 01:10:00 for 51 min" in text
    assert "and 1 more" in text


@pytest.mark.parametrize(
    ("other", "error", "told"),
    [
        ({"estate": "nowhere"}, UnknownEstate, "use one of harbour"),
        ({"to_at": FROM}, UnusablePeriod, "is not before"),
        ({"to_at": FROM + 101 * DAY}, UnusablePeriod, "choose at most 100"),
        ({"from_at": -(2**40), "to_at": 0}, UnusablePeriod, "check the year"),
        ({"rules": [UNHEARD]}, NothingToJudge, "whether a device was heard"),
        ({"rules": [LEAK]}, NothingToJudge, "in force as they stand"),
        ({"rules": [leak(device_types=["heat"], id="x")]}, NothingToJudge, "no device"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_the_remedy(
    estate: str, other: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        job(estate, leak(priority="P1"), **other)


def test_a_period_without_any_reading_says_so(estate: str) -> None:
    record(estate, *wet(FROM - 2 * HOUR, FROM - HOUR))
    with pytest.raises(NothingRecorded, match="no reading of the 6 points"):
        run(job(estate, leak(priority="P1")), processes=1)
