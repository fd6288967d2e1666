"""The console knows the API as it is."""

from tests.hub.console.generate import TYPES, types


def test_types_of_the_console_are_those_of_the_api() -> None:
    """Where they are not: `.venv/bin/python -m tests.hub.console.generate`."""
    assert TYPES.read_text() == types()
