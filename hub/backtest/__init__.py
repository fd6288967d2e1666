"""Backtests: changed rules over recorded history, beside the rules in force.

`run` divides an estate over processes; `Backtests` is how the hub has it done, one at a time and
out of its way. Decides nothing itself: that is `rules.watching.backtest`. May import `rules` and
`store`.
"""

from hub.backtest.background import Backtests, Busy, Progress
from hub.backtest.errors import BacktestError
from hub.backtest.job import Job, ground_of, prepared
from hub.backtest.period import period
from hub.backtest.report import Report, as_data
from hub.backtest.rules_file import read_rules
from hub.backtest.running import run
from hub.backtest.table import table

__all__ = [
    "BacktestError",
    "Backtests",
    "Busy",
    "Job",
    "Progress",
    "Report",
    "as_data",
    "ground_of",
    "period",
    "prepared",
    "read_rules",
    "run",
    "table",
]
