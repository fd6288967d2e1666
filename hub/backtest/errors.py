"""Why a backtest cannot be made; each says what to do instead."""

from hub.errors import HubError


class BacktestError(HubError):
    """Base of them all. `field` names the part of the order that is to be changed."""

    field = "rules"


class UnreadableFile(BacktestError):
    """The file of rules cannot be opened."""


class UnknownEstate(BacktestError):
    """No estate of this name is known."""

    field = "estate"


class UnusablePeriod(BacktestError):
    """The period ends before it begins, or is too long."""

    field = "from"


class NothingRecorded(BacktestError):
    """None of the rules' points has a reading in the period."""

    field = "from"


class NothingToJudge(BacktestError):
    """The rules are those in force, or watch no device of this estate."""


class Interrupted(BacktestError):
    """The database or a worker went away halfway."""
