"""What a person may do to a ticket's tasks, and add to what is known of the work."""

import math
from collections.abc import Callable
from dataclasses import replace

from rules.commands.refused import Refused
from rules.commands.tickets import open_ticket
from rules.commands.words import need_reason
from rules.records.tickets import Effort, Proof, ProofKind, Task, Ticket
from rules.state.inputs import Command
from rules.state.work import Work
from rules.vocabulary.instant import seconds

MOST_PHOTOS = 40
"""On a ticket, or handed in for one task."""


def _complete(work: Work, command: Command) -> None:
    """Hand in the task with its proof; one that repeats is due again after its time."""
    ticket, task = _open_task(work, command)
    proof, note = _proof(command), command.params.get("note", "")
    for kind in task.proof_kinds:
        if not _has(proof, note, kind):
            raise Refused("no-proof", f"task {task.id} needs {_NEEDS[kind]}, or waive it")
    done = replace(
        task,
        state="done",
        ended_at=work.now,
        ended_by=command.by,
        note=note or command.reason,
        handed_in=None if proof == Proof() else proof,
        times=task.times + 1,
        overdue_at=None,
    )
    if task.repeat_min is not None:
        due_at = work.now + seconds(task.repeat_min * 60)
        done = replace(done, state="open", due_at=due_at)
    _put(work, command, ticket, done, "ticket.task_completed")


def _waive(work: Work, command: Command) -> None:
    reason = need_reason(command, "say why the task is waived")
    ticket, task = _open_task(work, command)
    waived = replace(
        task, state="waived", ended_at=work.now, ended_by=command.by,
        note=command.params.get("note", "") or reason,
    )  # fmt: skip
    _put(work, command, ticket, waived, "ticket.task_waived")


def _put(work: Work, command: Command, ticket: Ticket, task: Task, kind: str) -> None:
    tasks = tuple(task if t.id == task.id else t for t in ticket.tasks)
    work.emit(kind, replace(ticket, tasks=tasks), by=command.by, reason=task.note)


def _open_task(work: Work, command: Command) -> tuple[Ticket, Task]:
    ticket = open_ticket(work, command)
    task = next((t for t in ticket.tasks if t.id == command.params.get("task")), None)
    if task is None:
        raise Refused("no-task", f"ticket {ticket.id} has no task {command.params.get('task')!r}")
    if task.state != "open":
        raise Refused("task-ended", f"task {task.id} is {task.state} already")
    return ticket, task


_NEEDS: dict[ProofKind, str] = {
    "photo": "a photo",
    "text": "a note",
    "headcount": "the number of people",
    "reading": "the reading",
    "signature": "a signature",
}


def _has(proof: Proof, note: str, kind: ProofKind) -> bool:
    match kind:
        case "photo":
            return bool(proof.photos)
        case "text":
            return bool(note.strip())
        case "headcount":
            return proof.headcount is not None
        case "reading":
            return proof.reading is not None
        case "signature":
            return proof.signature is not None


def _proof(command: Command) -> Proof:
    headcount = _number(command, "headcount")
    if headcount is not None and (headcount < 0 or headcount != int(headcount)):
        raise Refused("bad-headcount", f"headcount {headcount:g}: give a whole number from 0 on")
    return Proof(
        photos=photos_of(command),
        headcount=None if headcount is None else int(headcount),
        reading=_number(command, "reading"),
        signature=command.params.get("signature") or None,
    )


def photos_of(command: Command) -> tuple[str, ...]:
    """Parameter `photos`: SHA-256 sums, separated by commas. Raises Refused: too many."""
    found = tuple(dict.fromkeys(h for h in command.params.get("photos", "").split(",") if h))
    if len(found) > MOST_PHOTOS:
        raise Refused("too-many-photos", f"photos: {len(found)}, at most {MOST_PHOTOS} are kept")
    return found


def _number(command: Command, name: str) -> float | None:
    text = command.params.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refused(f"bad-{name}", f"{name} {text!r}: give a number")
    return value


def _add_effort(work: Work, command: Command) -> None:
    """Parts and labour: how much of what, and what it costs."""
    ticket = open_ticket(work, command)
    quantity, cost = _number(command, "quantity"), _number(command, "cost_fen") or 0
    if quantity is None or quantity <= 0:
        raise Refused("bad-quantity", f"quantity {quantity}: give a number above 0")
    if cost < 0 or cost != int(cost):
        raise Refused("bad-cost_fen", f"cost_fen {cost:g}: give whole fen from 0 on")
    effort = Effort(
        kind="labour" if command.params.get("kind") == "labour" else "part",
        words=command.params.get("words", ""),
        quantity=quantity,
        unit=command.params.get("unit", ""),
        cost_fen=int(cost),
        by=command.by,
        added_at=work.now,
    )
    if not effort.words or not effort.unit:
        raise Refused("no-words", "words or unit is missing: say what it was, and its unit")
    added = replace(ticket, efforts=(*ticket.efforts, effort))
    work.emit("ticket.effort_added", added, by=command.by, reason=effort.words)


def _note(work: Work, command: Command) -> None:
    """Words and photos that belong to no task."""
    ticket, photos = open_ticket(work, command), photos_of(command)
    words = command.params.get("words", "")
    if not words and not photos:
        raise Refused("no-words", "words are missing: write what is to be known, or add a photo")
    kept = tuple(dict.fromkeys((*ticket.photos, *photos)))
    if len(kept) > MOST_PHOTOS:
        raise Refused("too-many-photos", f"ticket {ticket.id} has {MOST_PHOTOS} photos already")
    work.emit("ticket.noted", replace(ticket, photos=kept), by=command.by, reason=words)


HANDLERS: dict[str, Callable[[Work, Command], None]] = {
    "ticket.complete_task": _complete,
    "ticket.waive_task": _waive,
    "ticket.add_effort": _add_effort,
    "ticket.note": _note,
}
