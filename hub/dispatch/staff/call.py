"""What a member of staff who is called is told, and the tokens that answer it."""

from collections.abc import Sequence

from hub.dispatch.channel import Answer, Message, User
from hub.dispatch.report_tokens import report_token
from rules.records.callouts import Callout
from rules.records.json_form import as_json
from rules.records.notices import Urgency
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Language, Text
from store.oncall.outbox import CallDelivery

URGENCY: dict[Priority, Urgency] = {"P1": "N1", "P2": "N2", "P3": "N3", "P4": "N4"}
"""How soon a message about this priority is tried again, and how a provider treats it."""

MOST_GATHERED = 20
"""Callouts of one message that its page leads to: a push message holds 4 KB."""

_MORE = Text(en="{words} … and {n} more incidents.", zh="{words}……另有{n}起突发事件。")
_ONE_MORE = Text(en="{words} … and 1 more incident.", zh="{words}……另有1起突发事件。")


def message_of(
    delivery: CallDelivery, callouts: Sequence[Callout], language: Language, *, page: str,
    secret: bytes, addresses: dict[str, str],
) -> Message:  # fmt: skip
    """The message about `callouts`, all of one user: real ones first, then the gravest.

    `page` is the address of a callout's own page, without its token, which `secret` makes. One
    callout can be answered from the notification; of several each is looked at first.
    """
    ordered = sorted(callouts, key=lambda c: (c.drill, c.priority, c.requested_at, c.id))
    first, words = ordered[0], _words(ordered).in_(language)
    tokens = tuple(callout_token(secret, c.id) for c in ordered[:MOST_GATHERED])
    answer = Answer(page, tokens)
    shown = {
        "id": first.id,
        "incident": first.incident_id,
        "priority": first.priority,
        "drill": first.drill,
        "text": words,
        "language": language,
        "url": answer.url,
        "token": tokens[0] if len(ordered) == 1 else None,
        "why": first.why,
    }
    return Message(
        key=delivery.key,
        to=User(first.user),
        subject=first.incident_id,
        words=words,
        language=language,
        urgency=URGENCY[first.priority],
        attempt=delivery.attempts,
        record=as_json(first),
        shown=shown,
        addresses=addresses,
        answer=answer,
    )


def callout_token(secret: bytes, callout: str) -> str:
    """A capability: who has it can see and answer this callout, and no more."""
    return report_token(secret, "callout", callout)


def _words(callouts: Sequence[Callout]) -> Text:
    """What is the matter: of the first, and how much more there is."""
    first = callouts[0]
    more = len({c.incident_id for c in callouts} - {first.incident_id})
    if not more:
        return first.text
    return (_ONE_MORE if more == 1 else _MORE).fill(words=first.text, n=str(more))
