"""The records of `rules` as models of the API's description, derived so that they cannot differ.

Answers carry the JSON that the engine wrote; these models only describe it.
"""

import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from hub.api.http import examples
from rules.records.alarms import Alarm as AlarmRecord
from rules.records.callouts import Callout as CalloutRecord
from rules.records.drills import Drill as DrillRecord
from rules.records.floods import AlarmFlood as AlarmFloodRecord
from rules.records.handovers import Handover as HandoverRecord
from rules.records.incidents import Incident as IncidentRecord
from rules.records.json_form import as_json
from rules.records.notices import Notice as NoticeRecord
from rules.records.noun import Noun
from rules.records.nouns import NOUNS
from rules.records.reviews import Review as ReviewRecord
from rules.records.suppressions import Suppression as SuppressionRecord
from rules.records.tickets import Ticket as TicketRecord

_EXAMPLES = {type(example): example for example in examples.EXAMPLES}


@cache
def model_of(record: type) -> type[BaseModel]:
    """The model of what `rules.records.json_form.as_json` makes of a record, every field of it."""
    extra: dict[str, Any] = {}
    if record in _EXAMPLES:
        extra["examples"] = [as_json(_EXAMPLES[record])]
    hints = get_type_hints(record)
    shapes = {f.name: _field(f.name, hints[f.name]) for f in fields(record)}
    config = ConfigDict(title=record.__name__, json_schema_extra=extra)
    model: type[BaseModel] = create_model(
        record.__name__, __config__=config, __doc__=record.__doc__, **shapes
    )
    return model


def list_of(model: Any) -> Any:
    """`list[model]` of a model that is only known when the program runs."""
    return types.GenericAlias(list, (model,))


def page_of(name: str, model: Any) -> type[BaseModel]:
    """A page of such items; `next` is the cursor of the following one, null on the last."""
    items: Any = (list_of(model), ...)
    cursor: Any = (str | None, ...)
    page: type[BaseModel] = create_model(name, items=items, next=cursor)
    return page


def extended(title: str, base: type[BaseModel], /, **more: Any) -> type[BaseModel]:
    """`base` with further fields, each (type, default) or (type, ...)."""
    model: type[BaseModel] = create_model(title, __base__=base, **more)
    return model


def _field(name: str, hint: Any) -> Any:
    shape = _moment(hint) if name.endswith("_at") else _shape(hint)
    alias = Field(alias="class") if name == "klass" else Field()
    return (shape, alias)


def _moment(hint: Any) -> Any:
    return datetime | None if type(None) in get_args(hint) else datetime


def _shape(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return Union[tuple(_shape(a) for a in arguments)]  # noqa: UP007
    if origin is tuple:
        return list_of(_shape(arguments[0]))
    if origin is dict:
        return types.GenericAlias(dict, (arguments[0], _shape(arguments[1])))
    is_record = isinstance(hint, type) and is_dataclass(hint) and not _is_described(hint)
    return model_of(hint) if is_record else hint


def _is_described(record: type) -> bool:
    """Whether its fields say themselves what they take, as those of what a command holds do."""
    hints = get_type_hints(record, include_extras=True).values()
    return any(get_origin(hint) is Annotated for hint in hints)


Alarm = model_of(AlarmRecord)
Incident = model_of(IncidentRecord)
Ticket = model_of(TicketRecord)
Notice = model_of(NoticeRecord)
Callout = model_of(CalloutRecord)
Drill = model_of(DrillRecord)
Handover = model_of(HandoverRecord)
Review = model_of(ReviewRecord)
Suppression = model_of(SuppressionRecord)
AlarmFlood = model_of(AlarmFloodRecord)


class _Happened(BaseModel):
    seq: int = Field(ge=1, description="Its number on the estate, counted from 1.")
    estate: str
    kind: str
    at: datetime
    by: str
    reason: str


def _event_of(noun: Noun) -> type[BaseModel]:
    kinds: Any = Literal[tuple(f"{noun.word}.{verb}" for verb in noun.verbs)]
    record: Any = model_of(noun.record)
    return extended(
        f"{noun.record.__name__}Event", _Happened, kind=(kinds, ...), record=(record, ...)
    )


_events: Any = Union[tuple(_event_of(noun) for noun in NOUNS)]  # noqa: UP007


class Event(RootModel[_events]):
    """Something that happened, with the whole record as it stands afterwards."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EVENT]})
