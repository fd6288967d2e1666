"""What a person may do to a ticket's tasks, and add to what is known of the work."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rules.commands.refused import Refused
from rules.commands.tickets import open_ticket
from rules.records.tickets import Effort, Proof, ProofKind, Task, Ticket
from rules.state.inputs import Command, Ordered
from rules.state.work import Work
from rules.vocabulary.fields import (
    MOST_PHOTOS,
    FileHash,
    Holds,
    Id,
    Photos,
    Reason,
    SomeWords,
    Words,
)
from rules.vocabulary.instant import seconds

_NEEDS: dict[ProofKind, str] = {
    "photo": "a photo",
    "text": "a note",
    "headcount": "the number of people",
    "reading": "the reading",
    "signature": "a signature",
}


class CompleteTask(Command, frozen=True, tag="ticket.complete_task"):
    """Hand in a task with its proof; one that repeats is due again after its time."""

    ticket: Id
    task: Id
    note: Words = ""
    photos: Photos = ()
    headcount: Annotated[int | None, Field(ge=0, le=100_000)] = None
    reading: Annotated[
        float | None, Field(ge=-1e9, le=1e9, description="As typed off a meter.")
    ] = None
    signature: FileHash | None = None

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket, task = _open_task(work, self.ticket, self.task)
        for kind in task.proof_kinds:
            if not self._has(kind):
                raise Refused("no-proof", f"task {task.id} needs {_NEEDS[kind]}, or waive it")
        proof = Proof(self.photos, self.headcount, self.reading, self.signature)
        done = replace(
            task,
            state="done",
            ended_at=work.now,
            ended_by=order.by,
            note=self.note,
            handed_in=None if proof == Proof() else proof,
            times=task.times + 1,
            overdue_at=None,
        )
        if task.repeat_min is not None:
            due_at = work.now + seconds(task.repeat_min * 60)
            done = replace(done, state="open", due_at=due_at)
        _put(work, ticket, done, "ticket.task_completed", by=order.by)

    def _has(self, kind: ProofKind) -> bool:
        match kind:
            case "photo":
                return bool(self.photos)
            case "text":
                return bool(self.note)
            case "headcount":
                return self.headcount is not None
            case "reading":
                return self.reading is not None
            case "signature":
                return self.signature is not None


class WaiveTask(Command, frozen=True, tag="ticket.waive_task"):
    """Set a task aside with a reason."""

    ticket: Id
    task: Id
    reason: Reason

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket, task = _open_task(work, self.ticket, self.task)
        waived = replace(
            task, state="waived", ended_at=work.now, ended_by=order.by, note=self.reason
        )  # fmt: skip
        _put(work, ticket, waived, "ticket.task_waived", by=order.by)


class AddEffort(Command, frozen=True, tag="ticket.add_effort"):
    """Note parts or labour: how much of what, and what it costs in fen."""

    ticket: Id
    kind: Literal["part", "labour"]
    words: Annotated[SomeWords, Field(examples=["ball valve DN20"])]
    quantity: Annotated[float, Field(gt=0, le=1e6, examples=[1])]
    unit: Annotated[
        str,
        Holds.WORDS,
        StringConstraints(min_length=1, max_length=20, pattern=r"^[^\x00]+$"),
        Field(examples=["pc"]),
    ]
    cost_fen: Annotated[int, Field(ge=0, le=10**9, examples=[3580])] = 0

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = open_ticket(work, self.ticket)
        effort = Effort(
            self.kind, self.words, self.quantity, self.unit, self.cost_fen, order.by, work.now
        )  # fmt: skip
        added = replace(ticket, efforts=(*ticket.efforts, effort))
        work.emit("ticket.effort_added", added, by=order.by, reason=effort.words)


class NoteOnTicket(Command, frozen=True, tag="ticket.note"):
    """Add words, photos, or both, that belong to no task."""

    ticket: Id
    words: Words = ""
    photos: Photos = ()

    def carry_out(self, work: Work, order: Ordered) -> None:
        ticket = open_ticket(work, self.ticket)
        if not self.words and not self.photos:
            raise Refused(
                "no-words", "words are missing: write what is to be known, or add a photo"
            )
        kept = tuple(dict.fromkeys((*ticket.photos, *self.photos)))
        if len(kept) > MOST_PHOTOS:
            raise Refused("too-many-photos", f"ticket {ticket.id} has {MOST_PHOTOS} photos already")
        work.emit("ticket.noted", replace(ticket, photos=kept), by=order.by, reason=self.words)


def _open_task(work: Work, ticket_id: str, task_id: str) -> tuple[Ticket, Task]:
    ticket = open_ticket(work, ticket_id)
    task = next((t for t in ticket.tasks if t.id == task_id), None)
    if task is None:
        raise Refused("no-task", f"ticket {ticket.id} has no task {task_id!r}")
    if task.state != "open":
        raise Refused("task-ended", f"task {task.id} is {task.state} already")
    return ticket, task


def _put(work: Work, ticket: Ticket, task: Task, kind: str, *, by: str) -> None:
    tasks = tuple(task if t.id == task.id else t for t in ticket.tasks)
    work.emit(kind, replace(ticket, tasks=tasks), by=by, reason=task.note)
