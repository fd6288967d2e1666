/**
 * The incident's timeline: its events, with a wave of notices as one line. That an alarm joined is
 * left out: the alarm's own line, which comes before it, says so. So is how a drill comes on.
 */

import type { LiveEvent } from "../api/records";
import { isOf } from "../live/reduce";

/** What another line says already. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "incident.alarm_added",
  "drill.injected",
  "drill.progressed",
]);

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
    if (LEFT_OUT.has(event.kind)) continue;
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

/** A task of a plan or of the after-care, as far as the timeline cares. */
interface Duty {
  id: string;
  ended_at: string | null;
}

/** The task that an event is about: the one that its code names, or that it ended. */
export function taskOf<T extends Duty>(tasks: T[], event: LiveEvent): T | undefined {
  return (
    tasks.find(({ id }) => event.reason === `task:${id}`) ??
    tasks.find(({ ended_at }) => ended_at === event.at) ??
    lastEnded(tasks)
  );
}

function lastEnded<T extends Duty>(tasks: T[]): T | undefined {
  return tasks
    .filter((task) => task.ended_at !== null)
    .sort((a, b) => (a.ended_at! < b.ended_at! ? 1 : -1))[0];
}
