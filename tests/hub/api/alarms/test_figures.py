"""The report on alarm performance: from recorded events to figures, and what it refuses."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from hub.api.http.examples import ALARM
from hub.clock import system_clock
from rules.records.alarms import Alarm, AlarmState
from rules.records.events import Event
from rules.records.json_form import as_json
from rules.records.suppressions import Suppression
from rules.vocabulary.instant import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Instant,
    from_rfc3339,
    to_datetime,
    to_rfc3339,
)
from store.database.connection import Connection, connect
from store.engine import projections
from store.engine.projections import Caused
from tests.rig.hubs import RunningHub
from tests.rig.waiting import eventually

PATH = "/reports/alarm-performance"

T0 = system_clock() - 3 * DAY
"""A past so near that `to` may be later than all of it."""

LEAK = replace(ALARM, estate="harbour", raised_at=T0)


class Recorder:
    """Writes events and the current state that they add up to, as the engine does."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._batch = 1_000

    def record(self, *events: Event, now: Instant) -> None:
        self._batch += 1
        caused = [Caused(event, None) for event in events]
        with self._db.transaction():
            projections.write_state(self._db, caused)
            projections.write_events(self._db, "harbour", self._batch, now, caused)

    def raised(self, alarm: Alarm) -> Alarm:
        self.record(Event("alarm.raised", alarm.raised_at, "rule:x", alarm), now=alarm.raised_at)
        return alarm

    def acknowledged(self, alarm: Alarm, at: Instant) -> Alarm:
        alarm = replace(alarm, state=AlarmState.ACKNOWLEDGED, acknowledged_at=at)
        self.record(Event("alarm.acknowledged", at, "operator", alarm), now=at)
        return alarm

    def cleared(self, alarm: Alarm, at: Instant) -> Alarm:
        alarm = replace(alarm, state=AlarmState.NORMAL, cleared_at=at)
        self.record(Event("alarm.cleared", at, "rule:x", alarm), now=at)
        return alarm


@pytest.fixture
def recorder(hub: RunningHub) -> Any:
    with connect(hub.dsn, name="tests", autocommit=True) as db:
        yield Recorder(db)


def report(client: httpx.Client, from_at: Instant, to_at: Instant, **more: str) -> Any:
    params = {"from": to_rfc3339(from_at), "to": to_rfc3339(to_at), **more}
    answer = client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_figures_come_from_the_recorded_events(operator: httpx.Client, recorder: Recorder) -> None:
    for i in range(5):
        at = T0 + i * HOUR
        alarm = recorder.raised(replace(LEAK, id=f"a{i}", raised_at=at))
        alarm = recorder.acknowledged(alarm, at + 20 * SECOND)
        recorder.cleared(alarm, at + 30 * SECOND)
    found = report(operator, T0 - HOUR, T0 + 23 * HOUR)
    assert found["estate"] == "harbour"
    figures = found["figures"]
    assert figures["annunciated"] == sum(figures["slots"]) == 5
    assert figures["per_day"] == {
        "value": 5,
        "target": {"acceptable": 150, "maximum": 300, "below": False},
        "verdict": "met",
    }
    assert from_rfc3339(figures["peak_at"]) == T0
    assert figures["priorities"][2]["acknowledge_median_s"] == 20
    (actor,) = figures["bad_actors"]
    assert (actor["device"], actor["annunciated"], actor["share"]) == (LEAK.device, 5, 1)
    assert actor["proposal"]["on_delay"] == {"delay_s": 31, "removes": 5, "of": 5}
    assert found["names"][actor["alarm"]] == as_json(
        {"title": LEAK.title, "place": LEAK.place.text}
    )


def test_without_a_period_it_is_the_last_day(operator: httpx.Client, recorder: Recorder) -> None:
    recorder.raised(replace(LEAK, id="a1", raised_at=system_clock() - HOUR))
    recorder.raised(replace(LEAK, id="a2", raised_at=system_clock() - 25 * HOUR))
    found = operator.get(PATH).json()["figures"]
    assert found["annunciated"] == 1
    assert from_rfc3339(found["to_at"]) - from_rfc3339(found["from_at"]) == DAY


def test_drills_and_other_estates_are_left_out(operator: httpx.Client, recorder: Recorder) -> None:
    recorder.raised(replace(LEAK, id="a1", drill=True))
    assert report(operator, T0 - HOUR, T0 + HOUR)["figures"]["annunciated"] == 0


def test_an_alarm_from_long_before_the_period_is_stale_in_it(
    operator: httpx.Client, recorder: Recorder
) -> None:
    old = recorder.raised(replace(LEAK, id="old", raised_at=T0 - 40 * DAY))
    gone = recorder.raised(replace(LEAK, id="gone", raised_at=T0 - 40 * DAY))
    recorder.cleared(gone, T0 - 39 * DAY)
    later = recorder.raised(replace(LEAK, id="later", raised_at=T0 - 3 * DAY))
    recorder.cleared(later, T0 + DAY)
    figures = report(operator, T0, T0 + HOUR)["figures"]
    assert [s["alarm"] for s in figures["stale_alarms"]] == [old.id, later.id]
    assert figures["stale"]["value"] == 2
    assert figures["annunciated"] == 0
    assert all(s["ended_at"] is None for s in figures["stale_alarms"])


def test_an_old_alarm_that_came_back_is_not_stale(
    operator: httpx.Client, recorder: Recorder
) -> None:
    alarm = recorder.raised(replace(LEAK, id="a1", raised_at=T0 - 40 * DAY))
    alarm = recorder.cleared(alarm, T0 - 39 * DAY)
    again = replace(alarm, state=AlarmState.UNACKNOWLEDGED, cleared_at=None, count=2)
    recorder.record(Event("alarm.raised_again", T0, "rule:x", again), now=T0)
    figures = report(operator, T0, T0 + HOUR)["figures"]
    assert figures["annunciated"] == 1
    assert figures["stale"]["value"] == 0


def test_suppression_by_a_person_or_by_another_alarm_is_authorised(
    operator: httpx.Client, recorder: Recorder
) -> None:
    shelf = Suppression(
        id="s1", estate="harbour", kind="shelved", devices=(LEAK.device,), rules=(),
        place=LEAK.place.text, by="operator", reason="sensor on order",
        since_at=T0, until_at=T0 + HOUR,
    )  # fmt: skip
    recorder.record(Event("suppression.began", T0, "operator", shelf), now=T0)
    parent = recorder.raised(replace(LEAK, id="parent"))
    for i, holder in enumerate(["s1", parent.id, "nobody"]):
        recorder.raised(replace(LEAK, id=f"a{i}", suppression=holder))
    figures = report(operator, T0, T0 + HOUR)["figures"]
    assert figures["annunciated"] == 1
    assert figures["unauthorised"]["value"] == 1


def test_records_of_an_earlier_version_count_too(
    hub: RunningHub, operator: httpx.Client, recorder: Recorder
) -> None:
    recorder.raised(replace(LEAK, id="a1"))
    new = {"suppression", "suppression_kind", "chattering", "stale", "drill"}
    old = {k: v for k, v in as_json(LEAK).items() if k not in new}
    with connect(hub.dsn, name="tests") as db:
        db.execute("UPDATE event SET record = %s", (msgspec.json.encode(old).decode(),))
    assert report(operator, T0 - HOUR, T0 + HOUR)["figures"]["annunciated"] == 1


@pytest.mark.usefixtures("leaking")
def test_a_real_alarm_is_in_the_figures(operator: httpx.Client) -> None:
    def annunciated() -> int:
        return int(operator.get(PATH).json()["figures"]["annunciated"])

    eventually(lambda: annunciated() == 1, what="the leak counts")


def test_a_period_that_ends_in_the_future_ends_now(operator: httpx.Client) -> None:
    found = report(operator, system_clock() - HOUR, system_clock() + DAY)["figures"]
    assert from_rfc3339(found["to_at"]) <= system_clock()


def test_a_period_that_makes_no_sense_is_refused_with_the_remedy(operator: httpx.Client) -> None:
    for begins, ends in [
        (T0, T0 - HOUR),
        (T0, T0),
        (T0, T0 + 10 * MINUTE - 1),
        (T0 - 92 * DAY - 1, T0),
        (T0 + 30 * DAY, T0 + 31 * DAY),
    ]:
        params = {"from": to_rfc3339(begins), "to": to_rfc3339(ends)}
        answer = operator.get(PATH, params=params)
        assert answer.status_code == 422, params
        (error,) = answer.json()["errors"]
        assert error["field"] == "query.from"
        assert error["value"] == to_datetime(begins).isoformat()
        assert "10 minutes to 92 days" in error["remedy"]


def test_ninety_two_days_are_not_too_long(operator: httpx.Client) -> None:
    assert len(report(operator, T0 - 92 * DAY, T0)["figures"]["slots"]) == 92 * 144


def test_an_unknown_estate_is_not_found(operator: httpx.Client) -> None:
    assert operator.get(PATH, params={"estate": "elsewhere"}).status_code == 404
    assert operator.get(PATH, params={"estate": "harbour"}).status_code == 200


def test_where_there_are_several_estates_one_has_to_be_named(
    hub: RunningHub, operator: httpx.Client
) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO estate (id, name, timezone, created_at)"
            """ VALUES ('garden', '{"en": "Garden", "zh": "花园"}', 'UTC', now())"""
        )
    answer = operator.get(PATH)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["remedy"] == "name one of garden, harbour"


def test_nobody_reads_it_without_signing_in(hub: RunningHub) -> None:
    with hub.client(None) as nobody:
        assert nobody.get(PATH).status_code == 401


def test_its_example_is_a_real_answer(operator: httpx.Client) -> None:
    described = operator.get("/openapi.json").json()
    content = described["paths"][f"/api/v1{PATH}"]["get"]["responses"]["200"]["content"]
    example = content["application/json"]["example"]
    assert shape(example) == shape(report(operator, T0 - HOUR, T0))


def shape(answer: dict[str, Any]) -> Sequence[str]:
    return [*answer, *answer["figures"]]
