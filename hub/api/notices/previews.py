"""What notices would say and to how many, on the real estate; nobody is told."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.problems import FieldError, Problem, described, not_found
from rules.catalogue import device_types
from rules.commands.notices import Message
from rules.estate.affected import Audience
from rules.estate.file import expand, parse
from rules.estate.graph import Estate
from rules.messages.word_faults import LONGEST_MESSAGE, word_faults
from rules.notices.preview import NoSuchMessage, Preview, parts_of, preview
from rules.notices.telling import update_text
from rules.records.incidents import Incident
from rules.records.nouns import record_from_json
from rules.vocabulary.fields import ID_PATTERN, Id
from rules.vocabulary.instant import from_datetime
from rules.vocabulary.text import Text
from store import incidents
from store.database.connection import Connection
from store.estate import estates
from store.notices import notices

router = APIRouter(prefix="/notices/preview", tags=["notices"])


class Part(BaseModel):
    """Households told in the same wave for the same reason (a code of the affected set)."""

    wave: int
    why: str
    households: int


class NoticePreview(BaseModel):
    """The text in both languages, and who would get it, first wave first."""

    template: str
    text: Text
    households: int
    parts: list[Part]


class Draft(BaseModel):
    """Words in both languages, not saved."""

    en: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    zh: Annotated[str, Field(max_length=LONGEST_MESSAGE)]

    @property
    def text(self) -> Text:
        return Text(self.en, self.zh)


class MessageAt(BaseModel):
    """A message of the estate for an audience, as if it happened at a device now.

    `draft` is tried in place of the one in force; `words` stand for those that a person writes.
    """

    estate: Id
    template: Annotated[str, StringConstraints(pattern=ID_PATTERN), Field(examples=["LEAK"])]
    audience: Annotated[Audience, Field(examples=["leak"])]
    device: Annotated[Id, Field(examples=["b3-05-01-kitchen-leak"])]
    draft: Draft | None = None
    words: Draft | None = None


class UpdateOf(BaseModel):
    """Further words about an incident, not yet sent."""

    incident: Id
    en: Message
    zh: Message
    eta: AwareDatetime | None = None


@router.post("", responses=described(401, 404))
def preview_message(hub: Hub, _: Reader, body: MessageAt) -> NoticePreview:
    """What the message would say if it happened at the device, and to whom."""
    with hub.pool.connection() as db:
        estate, rulebook = _graph(db, body.estate), hub.rulebooks.of(db, body.estate)
    device = estate.devices.get(body.device)
    if device is None:
        raise not_found("device", body.device)
    draft = body.draft.text if body.draft else None
    _refuse_unsendable(body.template, draft)
    try:
        found = preview(
            rulebook, estate, body.template, body.audience, device.place,
            location=device.location, at=hub.clock(), draft=draft,
            words=body.words.text if body.words else None,
        )  # fmt: skip
    except NoSuchMessage as reason:
        error = FieldError(field="body.template", value=body.template, remedy=str(reason))
        raise Problem(422, "unusable-input", "1 input cannot be used", errors=[error]) from None
    return _shown(found)


@router.post("/update", responses=described(401, 404))
def preview_update(hub: Hub, _: Reader, body: UpdateOf) -> NoticePreview:
    """What an update would say, and to whom it would go."""
    with hub.pool.connection() as db:
        incident = _incident(db, body.incident)
        estate = _graph(db, incident.estate)
        told = notices.recipients(db, incident.id)
        messages = hub.rulebooks.of(db, incident.estate).messages
    told |= dict.fromkeys(incident.added, (0, "added"))
    whys = [why for household, why in told.items() if household not in incident.removed]
    eta_at = from_datetime(body.eta) if body.eta else None
    template, text = update_text(
        messages, estate, incident, Text(body.en, body.zh), eta_at=eta_at, now=hub.clock()
    )
    return _shown(Preview(template, text, *parts_of(whys)))


def _refuse_unsendable(template: str, draft: Text | None) -> None:
    """Raises Problem: something in the draft cannot be filled, or is no plain text."""
    faults = word_faults(template, draft) if draft else []
    if faults:
        errors = [
            FieldError(field=f"body.draft.{f.language}", value=f.value, remedy=f.remedy)
            for f in faults
        ]
        raise Problem(422, "unusable-input", f"{len(errors)} faults in the draft", errors=errors)


def _graph(db: Connection, estate_id: str) -> Estate:
    latest = estates.latest(db, estate_id)
    if latest is None:
        raise not_found("estate", estate_id)
    return expand(parse(latest.body), device_types())


def _incident(db: Connection, incident_id: str) -> Incident:
    raw = incidents.one(db, incident_id)
    if raw is None:
        raise not_found("incident", incident_id)
    data: dict[str, Any] = msgspec.json.decode(raw)
    found = record_from_json("incident.opened", data)
    assert isinstance(found, Incident)
    return found


def _shown(found: Preview) -> NoticePreview:
    parts = [Part(wave=p.wave, why=p.why, households=p.households) for p in found.parts]
    return NoticePreview(
        template=found.template, text=found.text, households=found.households, parts=parts
    )
