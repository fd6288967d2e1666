"""A provider's later word on a message: kept as evidence, and told to the engine."""

from hub.api.http.context import Context
from hub.api.providers.call_receipts import take_staff_report
from rules.records.notices import NoticeState
from rules.state.inputs import Delivery
from store.engine import inbox
from store.engine.inbox import Lane
from store.notices import attempts, notices
from store.notices.attempts import AttemptState, NewAttempt

TOKEN_PATTERN = r"^[A-Za-z0-9_.~-]{20,200}$"  # noqa: S105 - the form of one


def take_report(
    hub: Context,
    key: str | None,
    state: AttemptState,
    told: NoticeState | None,
    *,
    evidence: str,
    provider_id: str | None,
) -> bool:
    """Note `state` of the last attempt with `key`, and that the notice is `told` (None: nothing).

    False where no such attempt was made. A repeat changes nothing. That an owner or a carer picked
    up is evidence, but no resident has it: the household is still to be knocked at.
    """
    if key is not None and take_staff_report(
        hub, key, state, evidence=evidence, provider_id=provider_id
    ):
        return True
    now = hub.clock()
    with hub.pool.connection() as db:
        last = attempts.last(db, key) if key is not None else None
        if key is None or last is None:
            return False
        attempt = NewAttempt(
            key, last.notice_id, last.attempt, state, evidence, provider_id, last.contact
        )
        is_new = attempts.add(db, last.channel, [attempt], at=now)
        estate = notices.estate_of(db, last.notice_id)
        reached = last.to_resident or told != "answered"
        if is_new and reached and told is not None and estate is not None:
            news = Delivery([last.notice_id], last.channel, told, now)
            inbox.append(db, estate_id=estate, lane=Lane.LIVE, kind="delivery", body=news, at=now)
    return True
