"""Backtests: what changed rules would have decided on recorded history.

They run in a process of their own, one at a time, and are kept in the memory of the hub process
that was asked: a restart forgets them.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hub.api.http.access import needs
from hub.api.http.context import Hub
from hub.api.http.problems import FieldError, Problem, described, not_found
from hub.auth import Principal
from hub.backtest import BacktestError, Busy, Progress, ground_of, prepared
from rules.catalogue import device_types
from rules.rulebook.reading import RuleFileFault, parse_rules
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook
from rules.vocabulary.fields import ID_PATTERN
from rules.vocabulary.instant import from_datetime, to_datetime
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text
from store.people import audit

router = APIRouter(prefix="/backtests", tags=["rules"])

_NAME = "rules"
_EXAMPLE = """\
- id: pressure-low
  name: {en: Water pressure low, zh: 水压偏低}
  device_types: [pressure]
  locations: [riser]
  when: {signal: pressure_mpa, below: 0.12, clear: 0.14}
  on_delay_s: 60
  priority: P3
  response: {kind: pipe, group_by: [building, riser], level: IV}
  advice: {en: Check the booster pumps., zh: 检查加压泵。}
  source: "Default, to be calibrated on site"
"""

BacktestId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The run's id.")]
Trier = Annotated[Principal, needs("rule.backtest")]


class BacktestOrder(BaseModel):
    """Try `rules` on what was recorded from `from` to before `to`, 100 days at the most.

    `rules` is YAML: a list in the form of the shipped ones. Each takes the place of the rule in
    force with its id, or is new.
    """

    model_config = ConfigDict(extra="forbid")

    estate: Annotated[str, StringConstraints(pattern=ID_PATTERN)]
    rules: str = Field(min_length=1, max_length=200_000, examples=[_EXAMPLE])
    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime


class AlarmSide(BaseModel):
    """The alarm as one version decides it; `cleared_at` null: it stands until the end.

    `signal` of device `reported_by` and its `value` raised it.
    """

    rule: str
    device: str
    priority: Priority
    reported_by: str
    signal: str
    value: float | str
    raised_at: datetime
    cleared_at: datetime | None


class BacktestDifference(BaseModel):
    """An alarm that is not the same; null: it does not come by the rule in force, or the tried."""

    kind: Literal["added", "removed", "changed"]
    moved: bool
    reprioritised: bool
    current: AlarmSide | None
    tried: AlarmSide | None


class BacktestRule(BaseModel):
    """How many alarms the rule in force and the tried one raise, and how they differ."""

    id: str
    name: Text
    is_new: bool
    devices: int
    current: int
    tried: int
    added: int
    removed: int
    moved: int
    reprioritised: int


class BacktestReport(BaseModel):
    """The comparison; `left_off` differences are counted but not shown, the latest ones.

    Judged are conditions and delays: what operators did, and suppression, are left out.
    `silent_points` of the `points` that the rules read have no reading. `faults`: rules that
    failed, and where.
    """

    rules: list[BacktestRule]
    differences: list[BacktestDifference]
    left_off: int
    readings: int
    points: int
    silent_points: int
    faults: list[str]
    took_s: float


class Backtest(BaseModel):
    """A run: `done` of `total` of the work; then comes the report, or the error."""

    id: str
    estate: str
    rules: list[str]
    from_at: datetime
    to_at: datetime
    state: Literal["running", "done", "failed", "cancelled"]
    done: int
    total: int
    error: str
    report: BacktestReport | None


@router.post("", status_code=202, responses=described(401, 403, 409))
def start_backtest(hub: Hub, who: Trier, body: BacktestOrder) -> Backtest:
    """Begin a backtest; ask for it by its id until it is no longer running."""
    try:
        rulebook = ground_of(hub.settings.database_url, body.estate).rulebook
        job = prepared(
            hub.settings.database_url,
            estate=body.estate,
            rulebook=rulebook,
            rules=_rules_of(body.rules, rulebook),
            from_at=from_datetime(body.from_),
            to_at=from_datetime(body.to),
        )
        begun = hub.backtests.start(job)
    except Busy as busy:
        raise Problem(409, "backtest-running", str(busy)) from None
    except BacktestError as error:
        raise Problem(422, "unusable-input", str(error), errors=[_fault(body, error)]) from None
    detail = {"run": begun.id, "rules": begun.rules}
    with hub.pool.connection() as db:
        actor = audit.Actor(who.user, who.role)
        audit.append(db, actor, "rule.backtest", body.estate, detail, at=hub.clock())
    return _shown(begun)


@router.get("/{backtest_id}", responses=described(401, 403, 404))
def get_backtest(hub: Hub, _: Trier, backtest_id: BacktestId) -> Backtest:
    """How far a backtest is, or what came of it. A restart of the hub forgets it."""
    return _found(hub.backtests.progress(backtest_id), backtest_id)


@router.delete("/{backtest_id}", responses=described(401, 403, 404))
def cancel_backtest(hub: Hub, _: Trier, backtest_id: BacktestId) -> Backtest:
    """End a backtest that still runs; one that has ended stays as it is."""
    return _found(hub.backtests.cancel(backtest_id), backtest_id)


def _rules_of(text: str, rulebook: Rulebook) -> list[Rule]:
    try:
        return parse_rules(text, _NAME, types=device_types(), rulebook=rulebook)
    except RuleFileFault as faulty:
        errors = [
            FieldError(
                field=f"body.rules, line {fault.line}: {fault.field}",
                value=str(fault.value),
                remedy=fault.remedy,
            )
            for fault in faulty.faults
        ]
        count = f"{len(errors)} fault{'s' * (len(errors) != 1)} in the rules"
        raise Problem(422, "unusable-input", count, errors=errors) from None


def _fault(body: BacktestOrder, error: BacktestError) -> FieldError:
    given = {"estate": body.estate, "from": body.from_.isoformat(), "rules": ""}
    return FieldError(field=f"body.{error.field}", value=given[error.field], remedy=str(error))


def _found(progress: Progress | None, id_: str) -> Backtest:
    if progress is None:
        raise not_found("backtest", id_)
    return _shown(progress)


def _shown(progress: Progress) -> Backtest:
    report: dict[str, Any] | None = progress.report
    return Backtest(
        id=progress.id,
        estate=progress.estate,
        rules=progress.rules,
        from_at=to_datetime(progress.from_at),
        to_at=to_datetime(progress.to_at),
        state=progress.state,
        done=progress.done,
        total=progress.total,
        error=progress.error,
        report=BacktestReport.model_validate(report) if report else None,
    )
