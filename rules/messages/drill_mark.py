"""The mark that nobody can overlook on the words of a drill (DOMAIN section 8)."""

from collections.abc import Mapping

from rules.messages.placeholders import DRILL
from rules.vocabulary.text import Text

MARK = Text("[DRILL]", "【演练】")
"""What every word of a drill that leaves the house begins and ends with."""


def wrap(messages: Mapping[str, Text], body: Text) -> Text:
    """`body` as a message of a drill: in the template DRILL, in any case between marks, once."""
    if is_wrapped(body):
        return body
    template = messages.get(DRILL)
    text = template.fill(body=body) if template else body
    if is_wrapped(text):
        return text
    return Text(f"{MARK.en} {body.en} {MARK.en}", f"{MARK.zh}{body.zh}{MARK.zh}")


def is_wrapped(text: Text) -> bool:
    """Whether nobody can take `text` for a real one: marked at its start and its end."""
    return all(
        words.startswith(mark) and words.endswith(mark)
        for words, mark in ((text.en, MARK.en), (text.zh, MARK.zh))
    )
