"""What the tests of the rules share."""

import pytest

from tests.rules.timeline import Timeline


@pytest.fixture
def timeline() -> Timeline:
    """The sample estate, in which nothing has been heard yet."""
    return Timeline()
