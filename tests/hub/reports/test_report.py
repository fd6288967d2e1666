"""The report's data: facts against targets, in both languages, without personal data."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.reports import IncidentReport, Sources, build_report
from hub.reports.report import reach_95
from hub.reports.timeline import LEFT_OUT
from hub.reports.words import events_in_words, span
from rules.commands import COMMANDS
from rules.records import events
from rules.records.events import Event
from rules.records.notices import Notice
from rules.vocabulary.instant import HOUR, MINUTE, SECOND
from rules.vocabulary.text import Text
from tests.hub.reports.sources import PHOTO, played, sources_of
from tests.rules.riverside import START

_NOTICE = Notice(
    id="x-n0", estate="x", incident_id="x-i1", household="B1-01-01", template="LEAK", version=1,
    urgency="N2", wave=0, text=Text("t", "t"), state="queued", requested_at=START,
)  # fmt: skip


@pytest.fixture(scope="module")
def sources() -> Sources:
    return sources_of(played())


@pytest.fixture(scope="module")
def report(sources: Sources) -> IncidentReport:
    return build_report(sources)


def test_every_kind_of_event_has_its_words() -> None:
    source = "\n".join(p.read_text("utf-8") for p in Path(events.__file__).parents[1].rglob("*.py"))
    told = r'"((?:alarm|incident|ticket|notice|review)\.[a-z_]+)"'
    kinds = set(re.findall(told, source)) - COMMANDS.keys()
    assert len(kinds) > 40
    assert kinds - LEFT_OUT - events_in_words() == set()


def test_times_are_local_to_the_estate_and_lengths_are_worded(report: IncidentReport) -> None:
    assert report.opened.startswith("2026-07-01 08:00"), "in UTC it is midnight"
    assert (report.closed, report.lasted) == ("2026-07-01 08:06:40", Text("6 min 35 s", "6分35秒"))


def test_clocks_stand_against_their_targets(report: IncidentReport) -> None:
    states = {clock.name.en: (clock.state.en, clock.late) for clock in report.clocks}
    assert states == {
        "Accept": ("in time", False),
        "On site": ("in time", False),
        "Finish": ("not met", False),
    }


def test_liability_file_and_measures_are_in_it(report: IncidentReport) -> None:
    assert report.cause is not None
    assert (report.cause.words, report.cause.part) == (
        "burst hose",
        Text("An owner's part", "业主专有部分"),
    )
    (damage,) = report.damages
    assert (damage.household, damage.cost_fen, damage.offer_fen) == ("B3-04-01", 120_000, 100_000)
    assert (report.costs_fen, report.damages_fen, report.offers_fen) == (3_580, 120_000, 100_000)
    assert [(m.phase.en, m.words, m.owner.zh) for m in report.measures] == [
        ("Act", "renew hoses", "客服")
    ]
    assert [photo.hash for photo in report.photos] == [PHOTO]
    assert report.finished
    assert report.conclusion == "hoses are to be renewed"


def test_aftercare_shows_the_visit_and_its_score(report: IncidentReport) -> None:
    visit = next(task for task in report.aftercare if task.household)
    assert (visit.household, visit.score, visit.state.en) == ("B3-04-01", 4, "done")


def test_timeline_tells_a_wave_of_notices_in_one_line(
    report: IncidentReport, sources: Sources
) -> None:
    asked = [e for e in sources.events if e.kind == "notice.requested"]
    lines = [line for line in report.timeline if "for households" in line.words.en]
    assert len(asked) > len(lines) >= 1
    assert sum(int(line.words.en.rpartition(" ")[2]) for line in lines) == len(asked)
    raised = next(line for line in report.timeline if line.words.en == "Raised to level III")
    assert (raised.words.zh, raised.note) == ("升至III级", "3 flats")


def test_who_did_what_names_users_and_their_roles_only(report: IncidentReport) -> None:
    assert [(p.user, p.role) for p in report.people] == [("operator", Text("Operator", "值班员"))]
    assert Text("Review finished", "复盘结束") in [deed.words for deed in report.people[0].did]


def test_plan_and_rules_stand_with_their_versions(report: IncidentReport, sources: Sources) -> None:
    assert (report.plan, report.plan_version) == ("PIPE", sources.incident.plan_version)
    assert [(a.rule, a.rule_version, a.first_out) for a in report.alarms] == [
        (sources.alarms[0].rule, sources.alarms[0].rule_version, True)
    ]


def test_open_task_past_its_time_is_late(sources: Sources) -> None:
    (review,) = sources.reviews
    task = replace(review.tasks[0], state="open", ended_at=None)
    unfinished = replace(review, state="open", tasks=(task,))
    found = build_report(replace(sources, reviews=[unfinished], now=task.due_at + SECOND))
    assert [line.late for line in found.aftercare] == [True]
    assert not found.finished


def test_open_incident_without_a_review_can_be_reported(sources: Sources) -> None:
    opened = replace(sources.incident, state="open", closed_at=None, outcome=None)
    found = build_report(replace(sources, incident=opened, reviews=[]))
    assert (found.closed, found.outcome, found.cause, found.finished) == (None, None, None, False)


def test_an_event_of_a_newer_kind_stands_as_it_is(sources: Sources) -> None:
    strange = Event("ticket.sung", sources.now, "operator", sources.tickets[0])
    found = build_report(replace(sources, events=[strange]))
    assert [line.words.en for line in found.timeline] == ["ticket.sung"]


def test_withdrawn_notice_counts_only_where_it_was_delivered_before(sources: Sources) -> None:
    gone = replace(_NOTICE, id="x-n1", state="withdrawn")
    seen = replace(_NOTICE, id="x-n2", state="withdrawn", delivered_at=START)
    figures = build_report(replace(sources, notices=[gone, seen])).notices
    assert (figures.requested, figures.delivered, figures.withdrawn) == (1, 1, 1)


@given(st.lists(st.none() | st.integers(0, 3600), min_size=1, max_size=60))
@settings(max_examples=25)
def test_95_percent_are_delivered_when_so_many_are_and_no_sooner(seconds: list[int | None]) -> None:
    notices = [
        replace(_NOTICE, id=f"x-n{n}", delivered_at=None if s is None else START + s * SECOND)
        for n, s in enumerate(seconds)
    ]
    by_definition = [
        limit
        for limit in sorted(s for s in seconds if s is not None)
        if 100 * sum(s is not None and s <= limit for s in seconds) >= 95 * len(seconds)
    ]
    assert reach_95(notices) == (span(by_definition[0] * SECOND) if by_definition else None)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (12 * SECOND, Text("12 s", "12秒")),
        (-61 * SECOND, Text("1 min 1 s", "1分1秒")),
        (25 * HOUR + 3 * MINUTE, Text("25 h 3 min", "25小时3分")),
    ],
)
def test_lengths_of_time_in_words(length: int, words: Text) -> None:
    assert span(length) == words
