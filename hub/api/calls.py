"""What a provider of calls reports: somebody picked up. The address itself is the proof."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from hub.api.context import Hub
from hub.api.problems import Problem, described
from hub.dispatch import key_of_token
from rules.inputs import Delivery
from store import attempts, inbox, notices
from store.attempts import AttemptState, NewAttempt

router = APIRouter(prefix="/calls", tags=["calls"])

LANE = 1


class Answer(BaseModel):
    """How the call went; `id` is the provider's own number of it."""

    state: Literal["answered", "unanswered"]
    id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] | None = None


@router.post("/{token}", status_code=204, responses=described(404))
def report_call(
    hub: Hub, token: Annotated[str, Path(pattern=r"^[A-Za-z0-9_.~-]{20,200}$")], body: Answer
) -> Response:
    """Take down that a person answered the call, or that nobody did. May be repeated."""
    key, now = key_of_token(hub.keys.secret, token), hub.clock()
    with hub.pool.connection() as db:
        found = attempts.last(db, key) if key is not None else None
        if key is None or found is None:
            raise Problem(404, "not-found", "this call is not known: use the answer_url as given")
        notice_id, number = found
        state: AttemptState = "answered" if body.state == "answered" else "failed"
        attempt = NewAttempt(key, notice_id, number, state, body.state, body.id)
        attempts.add(db, "voice", [attempt], at=now)
        estate = notices.estate_of(db, notice_id)
        if state == "answered" and estate is not None:
            answered = Delivery([notice_id], "voice", "answered", now)
            inbox.append(db, estate_id=estate, lane=LANE, kind="delivery", body=answered, at=now)
    return Response(status_code=204)
