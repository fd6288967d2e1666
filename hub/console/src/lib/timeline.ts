/**
 * The incident's timeline: its events, with a wave of notices as one line. That an alarm joined is
 * left out: the alarm's own line, which comes before it, says so.
 */

import { isOf } from "./reduce";
import type { LiveEvent } from "./events";
import type { Task, Ticket } from "./records";

/** Notices of one kind and template closer together than this are one line. */
const SAME_WAVE_MS = 60_000;

export interface Line {
  key: number;
  event: LiveEvent;
  /** How many events the line stands for. */
  count: number;
}

export function linesOf(events: readonly LiveEvent[]): Line[] {
  const lines: Line[] = [];
  const waves = new Map<string, { line: Line; last: number }>();
  for (const event of events) {
    if (event.kind === "incident.alarm_added") continue;
    const at = Date.parse(event.at);
    if (isOf("notice", event)) {
      const id = `${event.kind} ${event.record.template}`;
      const wave = waves.get(id);
      if (wave && at - wave.last <= SAME_WAVE_MS) {
        wave.line.count += 1;
        wave.last = at;
        continue;
      }
      const line = { key: event.seq, event, count: 1 };
      waves.set(id, { line, last: at });
      lines.push(line);
    } else lines.push({ key: event.seq, event, count: 1 });
  }
  return lines;
}

/** The task that a `ticket.task_…` event ended; undefined where none fits. */
export function endedTask(ticket: Ticket, at: string): Task | undefined {
  return ticket.tasks.find((task) => task.ended_at === at) ?? lastEnded(ticket.tasks);
}

function lastEnded(tasks: Task[]): Task | undefined {
  return tasks
    .filter((task) => task.ended_at !== null)
    .sort((a, b) => (a.ended_at! < b.ended_at! ? 1 : -1))[0];
}
