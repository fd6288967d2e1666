"""Suppressions that people set: shelves, permits to take out of service, and their ends."""

from dataclasses import replace

from rules.alarms.raising import free_held_by, hold_back
from rules.records.suppressions import Suppression, SuppressionKind
from rules.state.work import Work
from rules.vocabulary import reasons
from rules.vocabulary.instant import Instant


def begin(
    work: Work,
    kind: SuppressionKind,
    *,
    devices: tuple[str, ...],
    rules: tuple[str, ...] = (),
    by: str,
    reason: str,
    until_at: Instant,
    measure: str = "",
) -> Suppression:
    """Hold back the alarms of `rules` (all, where empty) on `devices` until `until_at`.

    Precondition: the first device, whose place is shown, is in the estate.
    """
    suppression = Suppression(
        id=work.state.new_id("s"),
        estate=work.state.estate_id,
        kind=kind,
        devices=devices,
        rules=rules,
        place=work.state.estate.devices[devices[0]].place.text,
        by=by,
        reason=reason,
        since_at=work.now,
        until_at=until_at,
        measure=measure,
    )
    work.emit("suppression.began", suppression, by=by, reason=reason)
    work.state.timers.set("suppression", suppression.id, until_at)
    for device in sorted(devices):
        for rule in work.state.rulebook.rules:
            watch = work.state.watches.watch(rule, device)
            if watch is not None and suppression.covers(rule, device):
                hold_back(work, watch, by=by, reason=reason)
    return suppression


def end(work: Work, suppression: Suppression, *, by: str, reason: str = "") -> None:
    """Annunciate again what stands: expiry and removal re-evaluate (ISA-18.2)."""
    work.emit("suppression.ended", replace(suppression, ended_at=work.now), by=by, reason=reason)
    work.state.timers.cancel("suppression", suppression.id)
    free_held_by(work, suppression.id)


def expire(work: Work, suppression_id: str) -> None:
    """The time that was set is over."""
    suppression = work.state.suppressions.get(suppression_id)
    if suppression is not None:
        end(work, suppression, by="system", reason=reasons.TIME_IS_OVER)
