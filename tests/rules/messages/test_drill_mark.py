"""The words of a drill are marked at both ends, in both languages, once."""

import pytest

from rules.messages.drill_mark import is_wrapped, wrap
from rules.messages.placeholders import DRILL, floor_name
from rules.vocabulary.text import Text

BODY = Text("Leave.", "撤离。")
MARKED = Text("[DRILL] Leave. [DRILL]", "【演练】撤离。【演练】")


def test_words_stand_in_the_template_of_drills() -> None:
    template = Text("[DRILL] Not real: {body} [DRILL]", "【演练】并非真实：{body}【演练】")
    assert wrap({DRILL: template}, BODY) == Text(
        "[DRILL] Not real: Leave. [DRILL]", "【演练】并非真实：撤离。【演练】"
    )


@pytest.mark.parametrize(
    "messages", [{}, {DRILL: Text("{body}", "{body}")}, {DRILL: Text("[DRILL] {body}", "{body}")}]
)
def test_words_are_marked_where_the_template_does_not(messages: dict[str, Text]) -> None:
    assert wrap(messages, BODY) == MARKED


def test_what_is_marked_is_not_marked_again() -> None:
    assert wrap({}, MARKED) == MARKED


@pytest.mark.parametrize(
    "text",
    [
        Text("[DRILL] Leave.", "【演练】撤离。【演练】"),
        Text("Leave. [DRILL]", "【演练】撤离。【演练】"),
        Text("[DRILL] Leave. [DRILL]", "撤离。"),
    ],
)
def test_half_a_mark_is_none(text: Text) -> None:
    assert is_wrapped(MARKED)
    assert not is_wrapped(text)


@pytest.mark.parametrize(
    ("floor", "name"),
    [(10, Text("10F", "10层")), (0, Text("0F", "0层")), (-1, Text("B1", "地下1层"))],
)
def test_a_floor_has_its_name_also_below_ground(floor: int, name: Text) -> None:
    assert floor_name(floor) == name
    assert floor_name(None) == Text("", "")
