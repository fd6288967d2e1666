"""The report of an incident: what happened, against what was wanted, and what was learnt.

`build_report` makes it of records and events; page and PDF show the same data. `hub.reports.pdf`
stays behind the door, as only a report on paper needs its libraries. It imports `rules`.
"""

from hub.reports.report import IncidentReport, Sources, build_report

__all__ = ["IncidentReport", "Sources", "build_report"]
