"""The rules that are to be tried, from a file."""

from pathlib import Path

from hub.backtest.errors import UnreadableFile
from rules.catalogue import device_types
from rules.rulebook.reading import parse_rules
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Rulebook


def read_rules(path: Path, rulebook: Rulebook) -> list[Rule]:
    """The rules of a YAML file, which must fit those in force.

    Raises RuleFileFault: every fault, each with its line. Raises UnreadableFile.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise UnreadableFile(f"rules {path}: {reason}; name a readable YAML file") from reason
    return parse_rules(text, str(path), types=device_types(), rulebook=rulebook)
