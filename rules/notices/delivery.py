"""What becomes of a notice on its way: approved, released, delivered, read, withdrawn."""

from collections.abc import Iterable
from dataclasses import replace

from rules.records.incidents import Incident
from rules.records.notices import PENDING, Channel, Notice, NoticeState
from rules.rulebook.notice_policy import first_slot
from rules.state.inputs import Delivery
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import DAY, Instant

_RANK: dict[NoticeState, int] = {
    "waiting": 0, "queued": 1, "failed": 2, "delivered": 3, "answered": 4, "read": 5,
}  # fmt: skip


def take_delivery(work: Work, delivery: Delivery) -> None:
    """A notice only moves forward: a late or repeated report changes nothing."""
    rank = _RANK.get(delivery.state, 0)
    for notice_id in delivery.notice_ids:
        notice = work.state.notices.get(notice_id)
        if notice is None or notice.state not in _RANK:
            continue
        if rank > max(_RANK[notice.state], _RANK["queued"]):
            moved = _moved(notice, delivery)
            work.emit(f"notice.{delivery.state}", moved, by=delivery.channel, at=delivery.at)


def _moved(notice: Notice, delivery: Delivery) -> Notice:
    moved = replace(notice, state=delivery.state)
    if delivery.state == "failed":
        return moved
    if notice.delivered_at is None:
        moved = replace(moved, delivered_at=delivery.at)
    if delivery.state == "delivered":
        return moved
    if delivery.state == "read":
        moved = replace(moved, read_at=delivery.at)
    return _reached(moved, delivery.channel, delivery.at)


def _reached(notice: Notice, channel: Channel, at: Instant) -> Notice:
    """A person of the household has it; the first way by which one did counts."""
    if notice.reached_by is not None:
        return notice
    return replace(notice, reached_by=channel, reached_at=at)


def tick_off(work: Work, notice: Notice, *, by: str, reason: str) -> None:
    """Somebody told the household at its door."""
    state = notice.state if notice.state in ("read", "answered") else "delivered"
    told = replace(notice, state=state, delivered_at=notice.delivered_at or work.now)
    work.emit("notice.reached", _reached(told, "door", work.now), by=by, reason=reason)


def request(work: Work, incident: Incident, notice: Notice) -> None:
    """Ask for `notice`, now or at its time: after a manager's approval, or in the morning."""
    if incident.kind in work.state.rulebook.notice_policy.approved_by_manager:
        notice = replace(notice, state="awaiting_approval")
        work.emit("notice.requested", notice, by="system", reason=reasons.NEEDS_APPROVAL)
        return
    notice, reason = _scheduled(work, notice)
    work.emit("notice.requested", notice, by="system", reason=reason)


def approve(work: Work, notice: Notice, *, by: str, reason: str) -> None:
    """A person lets it go out: one that waits for the morning, now; another at its time."""
    if notice.state == "awaiting_approval":
        notice, _ = _scheduled(work, notice)
    else:
        work.state.timers.cancel("release", notice.id)
        notice = replace(notice, state=_sendable(notice), not_before_at=None)
    work.emit("notice.approved", notice, by=by, reason=reason)


def release(work: Work, notice_id: str) -> None:
    """The notice's time has come."""
    notice = work.state.notices.get(notice_id)
    if notice is not None and notice.state == "waiting":
        queued = replace(notice, state="queued")
        work.emit("notice.released", queued, by="system", reason=reasons.TIME_IS_OVER)


def renew(work: Work, notice: Notice, *, by: str, reason: str) -> None:
    """Let a withdrawn notice go out after all."""
    notice, _ = _scheduled(work, notice)
    work.emit("notice.approved", notice, by=by, reason=reason)


def withdraw(work: Work, notices: Iterable[Notice], *, by: str, reason: str) -> None:
    """End what has not gone out; what somebody of the household has stays told."""
    for notice in notices:
        if notice.state != "withdrawn" and notice.reached_by is None:
            work.state.timers.cancel("release", notice.id)
            gone = replace(notice, state="withdrawn")
            work.emit("notice.withdrawn", gone, by=by, reason=reason)


def is_held(notice: Notice, now: Instant) -> bool:
    """Whether it may not disturb anybody yet."""
    later = notice.not_before_at is not None and notice.not_before_at > now
    return notice.state in PENDING or later


def _sendable(notice: Notice) -> NoticeState:
    return "queued" if notice.state in PENDING else notice.state


def _scheduled(work: Work, notice: Notice) -> tuple[Notice, str]:
    """The notice as it goes out, or waits; the reason code of its waiting."""
    state = work.state
    lately = state.lately_told.setdefault(notice.household, [])
    policy, zone = state.rulebook.notice_policy, state.estate.timezone
    slot = first_slot(policy, notice.urgency, now=work.now, zone=zone, lately=lately)
    if notice.urgency != "N1" and not notice.drill:
        lately[:] = [at for at in lately if at > work.now - 2 * DAY] + [slot.at]
    if slot.at <= work.now:
        return replace(notice, state="queued", not_before_at=None), ""
    state.timers.set("release", notice.id, slot.at)
    return replace(notice, state="waiting", not_before_at=slot.at), slot.reason
