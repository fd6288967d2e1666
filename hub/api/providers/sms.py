"""What a provider of SMS reports: delivered, or not. The address itself is the proof."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from hub.api.http.context import Hub
from hub.api.http.problems import Problem, described
from hub.api.providers.notice_receipts import TOKEN_PATTERN, take_report
from hub.dispatch.report_tokens import key_of_token

router = APIRouter(prefix="/receipts", tags=["receipts"])


class Receipt(BaseModel):
    """What became of the message; `code` and `id` are the provider's own, never personal data."""

    state: Literal["delivered", "failed"]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{0,40}$")] = ""
    id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] | None = None


@router.post("/{token}", status_code=204, responses=described(404))
def report_receipt(
    hub: Hub, token: Annotated[str, Path(pattern=TOKEN_PATTERN)], body: Receipt
) -> Response:
    """Take down what became of an SMS. May be repeated."""
    key = key_of_token(hub.keys.secret, "sms-receipt", token)
    evidence = f"{body.state} {body.code}".strip()
    if not take_report(hub, key, body.state, body.state, evidence=evidence, provider_id=body.id):
        raise Problem(404, "not-found", "this SMS is not known: use the address as given")
    return Response(status_code=204)
