"""The probable cause: the lowest common upstream valve, the highest wet place, the first alarm."""

from hypothesis import given
from hypothesis import strategies as st

from rules.incidents.causes import lowest_common_valve
from rules.records.incidents import Cause
from tests.rules.riverside import riverside
from tests.rules.timeline import Timeline, between, happened, reading

ESTATE = riverside().estate
UNITS = sorted(ESTATE.units)


def wet(timeline: Timeline, *devices: str) -> Cause:
    for n, device in enumerate(devices):
        timeline.at(n, reading(device, wet=1))
    timeline.at(60)
    cause = timeline.state.incidents[timeline.incident().id].cause
    assert cause is not None
    return cause


def test_one_wet_flat_is_its_own_cause(timeline: Timeline) -> None:
    cause = wet(timeline, "b3-05-01-kitchen-leak")
    assert cause.device == "b3-05-01-kitchen-leak"
    assert cause.text.en.startswith("Inside ")


def test_flats_in_one_zone_point_at_its_valve_and_the_highest_of_them(timeline: Timeline) -> None:
    cause = wet(
        timeline, "b3-04-01-kitchen-leak", "b3-06-02-bathroom-leak", "b3-05-01-kitchen-leak"
    )
    assert (cause.valve, cause.device) == ("B3-R1-low", "b3-06-02-bathroom-leak")
    assert "3 wet flats" in cause.text.en
    assert "3户" in cause.text.zh


def test_flats_in_both_zones_of_a_riser_have_no_common_valve(timeline: Timeline) -> None:
    cause = wet(timeline, "b3-12-01-kitchen-leak", "b3-05-01-kitchen-leak")
    assert cause.valve is None
    assert "No single valve" in cause.text.en


def test_fire_points_at_the_detector_that_was_first(timeline: Timeline) -> None:
    timeline.at(0, reading("b3-10-corridor-smoke", panel_state="fire"))
    timeline.at(30, reading("b3-10-lobby-smoke", panel_state="fire"))
    timeline.at(60)
    cause = timeline.state.incidents[timeline.incident().id].cause
    assert cause is not None
    assert cause.device == "b3-10-corridor-smoke"


def test_cause_is_told_once_for_all_that_came_together(timeline: Timeline) -> None:
    timeline.at(0, *(reading(f"b3-{floor:02}-01-kitchen-leak", wet=1) for floor in range(2, 9)))
    timeline.at(30)
    timeline.expect(between(5, 5), happened("incident.cause_found"))


@given(st.lists(st.sampled_from(UNITS), min_size=1, max_size=6))
def test_lowest_common_valve_isolates_them_all_and_none_that_does_isolates_fewer(
    ids: list[str],
) -> None:
    units = [ESTATE.units[id_] for id_ in ids]
    found = lowest_common_valve(ESTATE, units)
    upstream = [v for v in ESTATE.valves.values() if all(u.id in v.isolates for u in units)]
    assert (found is None) == (not upstream)
    if found is not None:
        assert found in upstream
        assert len(found.isolates) == min(len(v.isolates) for v in upstream)
