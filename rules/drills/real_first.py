"""Real first (DOMAIN section 8): what a drill gives way to."""

from rules.records.alarms import Alarm
from rules.records.drills import Drill
from rules.records.events import Record
from rules.records.incidents import Incident
from rules.state.state import State
from rules.vocabulary.priority import at_least


def comes_first(record: Record, drill: Drill) -> bool:
    """Whether `record` is a real alarm or incident that stops `drill`.

    An alarm of P1 anywhere, or of P2 in the drill's building; an incident at level II or graver.
    """
    match record:
        case Alarm():
            if record.drill or not record.active or record.suppression is not None:
                return False
            here = record.place.building is not None
            here = here and record.place.building == drill.place.building
            return record.priority == "P1" or (record.priority == "P2" and here)
        case Incident():
            return not record.drill and record.state == "open" and at_least(record.level, "II")
    return False


def what_comes_first(state: State, drill: Drill) -> str | None:
    """The id of an open real incident, or alarm, for which `drill` must wait; None: it may go on.

    The incident that stopped it counts until it is closed, however harmless it has become.
    """
    if drill.void_by in state.incidents:
        return drill.void_by
    records: list[Incident | Alarm] = [*state.incidents.values(), *state.alarms.values()]
    return next((record.id for record in records if comes_first(record, drill)), None)
