"""What a provider of calls reports: somebody picked up. The address itself is the proof."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from hub.api.http.context import Context, Hub
from hub.api.http.problems import Problem, described
from hub.api.providers.call_receipts import answer_by_key, take_staff_report
from hub.api.providers.notice_receipts import TOKEN_PATTERN, take_report
from hub.dispatch.report_tokens import key_of_token
from rules.records.notices import NoticeState
from store.notices.attempts import AttemptState

router = APIRouter(prefix="/calls", tags=["calls"])


class Answer(BaseModel):
    """How the call went; `id` is the provider's own number of it.

    `digit` is the key that was pressed. Staff have answered a call only where there is one: that
    somebody, or a mailbox, picked up is not an answer.
    """

    state: Literal["answered", "unanswered"]
    digit: Annotated[str | None, StringConstraints(pattern=r"^[0-9*#]$")] = None
    id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] | None = None


@router.post("/{token}", status_code=204, responses=described(404))
def report_call(
    hub: Hub, token: Annotated[str, Path(pattern=TOKEN_PATTERN)], body: Answer
) -> Response:
    """Take down that a person answered the call, or that nobody did. May be repeated."""
    key = key_of_token(hub.keys.secret, "call-answer", token)
    if key is not None and _is_to_staff(hub, key, body):
        return Response(status_code=204)
    state: AttemptState = "answered" if body.state == "answered" else "failed"
    told: NoticeState | None = "answered" if body.state == "answered" else None
    if not take_report(hub, key, state, told, evidence=body.state, provider_id=body.id):
        raise Problem(404, "not-found", "this call is not known: use the answer_url as given")
    return Response(status_code=204)


def _is_to_staff(hub: Context, key: str, body: Answer) -> bool:
    """Take it down where a member of staff was called."""
    pressed = body.state == "answered" and body.digit is not None
    state: AttemptState = "failed" if body.state == "unanswered" else "delivered"
    evidence = f"{body.state}, key {body.digit} pressed" if pressed else body.state
    message = take_staff_report(
        hub, key, "answered" if pressed else state, evidence=evidence, provider_id=body.id
    )
    if message is not None and pressed:
        answer_by_key(hub, key, message)
    return message is not None
