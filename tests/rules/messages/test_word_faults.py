"""What a message may say: told by language and name before anybody is told wrongly."""

import pytest

from rules.messages.word_faults import fillable, word_faults
from rules.rulebook.reading import RuleFileFault, parse_message
from rules.vocabulary.text import Text


@pytest.mark.parametrize(
    ("template", "en", "zh", "found"),
    [
        ("LEAK", "Leak at {unit}.", "{unit}漏水。", []),
        ("LEAK", "Leak at {unti}.", "{unit}漏水。", ["en unknown_placeholder {unti}",
                                                  "en one_language {unit}"]),
        ("LEAK", "Leak {words}", "{words}漏水", ["en unknown_placeholder {words}",
                                              "zh unknown_placeholder {words}"]),
        ("LEAK", "{unit:>99999999}", "{unit}", ["en placeholder_form {unit…}"]),
        ("LEAK", "{unit.__class__}", "漏水", ["en unknown_placeholder {unit.__class__}"]),
        ("LEAK", "Leak {", "漏水", ["en placeholder_form "]),
        ("LEAK", " ", "漏水", ["en no_words "]),
        ("LEAK", "<script>x</script>", "漏水", ["en unplain <script>", "en unplain </script>"]),
        ("LEAK", "pressure < 0.1 MPa", "压力 < 0.1 MPa", []),
        ("LEAK", "leak\x07", "漏水", ["en unplain '\\x07'"]),
        ("LEAK", "x" * 501, "漏水", ["en too_long 501"]),
        ("UPDATE", "{incident}: {words}", "{incident}：{words}", []),
        ("UPDATE", "{incident}", "{incident}", ["en needed_placeholder {words}",
                                                "zh needed_placeholder {words}"]),
    ],
)  # fmt: skip
def test_faults_of_a_message(template: str, en: str, zh: str, found: list[str]) -> None:
    faults = [f"{f.language} {f.code} {f.value}" for f in word_faults(template, Text(en, zh))]
    assert faults[: len(found) or None] == found


def test_only_an_update_carries_a_person_s_words() -> None:
    assert "words" in fillable("UPDATE")
    assert "words" not in fillable("LEAK")


def test_fault_of_a_message_is_told_by_its_line() -> None:
    with pytest.raises(RuleFileFault) as caught:
        parse_message("en: Leak at {unit}\nzh: 漏水\n", "LEAK")
    (fault,) = caught.value.faults
    assert (fault.line, fault.field, fault.value) == (2, "zh", "{unit}")
