/** What the alarm board shows, in order: plain rows, and in a flood rows under their incident. */

import { type Alarm, PRIORITIES, type Priority, type Ticket } from "../api/records";
import { isHeldBack, isUnacknowledged } from "../live/reduce";

/** Above this many alarms on the board they are grouped; below the lower figure no longer. */
export const CROWDED_FROM = 40;
export const CROWDED_UNTIL = 25;
/** Rows drawn at most, P1 alarms not counted; a button shows as many again. */
export const ROWS_SHOWN = 120;

export interface Group {
  id: string;
  incidentId: string | null;
  /** The most urgent alarm, the earliest among equals. */
  head: Alarm;
  alarms: Alarm[];
  unacknowledged: number;
}

/** `gone`: no longer on the board, kept in its place so that the rows below it do not move. */
export type BoardRow = { key: string; gone?: boolean } & (
  | { type: "alarm"; alarm: Alarm; depth: 1 | 2 }
  | { type: "group"; group: Group; expanded: boolean }
);

/** The rows on the screen, and the alarms that wait for a row because none may move now. */
export interface Screen {
  rows: BoardRow[];
  waiting: Alarm[];
}

export type Counts = Record<Priority, { active: number; unacknowledged: number }>;

export function countByPriority(alarms: Iterable<Alarm>): Counts {
  const none = PRIORITIES.map((priority) => [priority, { active: 0, unacknowledged: 0 }]);
  const counts = Object.fromEntries(none) as Counts;
  for (const alarm of alarms) {
    counts[alarm.priority].active += 1;
    if (isUnacknowledged(alarm)) counts[alarm.priority].unacknowledged += 1;
  }
  return counts;
}

/** Whether a P1 alarm asks to be heard: nobody has answered it, and its drill was not stopped. */
export function mustBeHeard(alarms: Iterable<Alarm>, tickets: Iterable<Ticket>): boolean {
  const stopped = new Set([...tickets].filter((t) => t.halted_at).map((t) => t.incident_id));
  return [...alarms].some(
    (alarm) =>
      alarm.priority === "P1" && isUnacknowledged(alarm) && !stopped.has(alarm.incident_id ?? ""),
  );
}

export function isCrowded(alarms: number, before: boolean): boolean {
  return before ? alarms >= CROWDED_UNTIL : alarms > CROWDED_FROM;
}

/** Those that ask for the operator: held back ones are listed elsewhere, and make no sound. */
export function onBoard(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].filter((alarm) => !isHeldBack(alarm));
}

/** By priority, real before drill, the newest first among equals. */
export function inOrder(alarms: Iterable<Alarm>): Alarm[] {
  return [...alarms].sort(byUrgency);
}

/**
 * `rows` for a screen that shows `shown`, without moving a row under somebody's finger.
 *
 * What is new and comes below all of these is added there; what is new and belongs further up
 * waits. What is no longer among `rows` keeps its place: as it is in `alarms`, or as gone.
 */
export function steady(
  rows: BoardRow[],
  shown: readonly BoardRow[],
  alarms: readonly Alarm[],
): Screen {
  const fresh = new Map(rows.map((row) => [row.key, row]));
  const alarmById = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  const kept = shown.map((row) => fresh.get(row.key) ?? inPlace(row, alarmById));
  const keys = new Set(shown.map((row) => row.key));
  const added = rows.filter((row) => !keys.has(row.key));
  const last = kept.map(headOf).sort(byUrgency).at(-1);
  const isBelow = (row: BoardRow): boolean =>
    !isNested(row) && (last === undefined || byUrgency(last, headOf(row)) < 0);
  const all = [...kept, ...added.filter(isBelow)];
  const visible = new Set(all.flatMap(alarmsOf));
  const above = added.filter((row) => !isBelow(row)).flatMap(alarmsOf);
  return { rows: all, waiting: above.filter((alarm) => !visible.has(alarm)) };
}

function inPlace(row: BoardRow, alarms: ReadonlyMap<string, Alarm>): BoardRow {
  const alarm = row.type === "alarm" ? alarms.get(row.alarm.id) : undefined;
  return alarm && row.type === "alarm" ? { ...row, alarm } : { ...row, gone: true };
}

function isNested(row: BoardRow): boolean {
  return row.type === "alarm" && row.depth === 2;
}

function headOf(row: BoardRow): Alarm {
  return row.type === "alarm" ? row.alarm : row.group.head;
}

function alarmsOf(row: BoardRow): Alarm[] {
  return row.type === "alarm" ? [row.alarm] : row.group.alarms;
}

function byUrgency(a: Alarm, b: Alarm): number {
  return (
    compare(a.priority, b.priority) ||
    Number(a.drill) - Number(b.drill) ||
    compare(b.raised_at, a.raised_at) ||
    compare(a.id, b.id)
  );
}

/**
 * The rows to draw, and how many more there are.
 *
 * `limit` bounds the rows below P1; a P1 alarm always has its own row, whatever the flood.
 */
export function boardRows(
  alarms: Alarm[],
  options: { grouped: boolean; expanded: ReadonlySet<string>; limit: number },
): { rows: BoardRow[]; more: number } {
  const rows = options.grouped ? groupedRows(alarms, options.expanded) : alarms.map(plain);
  const urgent = rows.filter(isUrgent);
  const others = rows.filter((row) => !isUrgent(row));
  return {
    rows: [...urgent, ...others.slice(0, options.limit)],
    more: Math.max(0, others.length - options.limit),
  };
}

export function groupsOf(alarms: Alarm[]): Group[] {
  const groups = new Map<string, Group>();
  for (const alarm of alarms) {
    const id = alarm.incident_id ?? `${alarm.estate}/${alarm.rule}/${alarm.place.building ?? ""}`;
    const group = groups.get(id);
    if (group) {
      group.alarms.push(alarm);
      if (isUnacknowledged(alarm)) group.unacknowledged += 1;
    } else {
      const unacknowledged = isUnacknowledged(alarm) ? 1 : 0;
      groups.set(id, {
        id,
        incidentId: alarm.incident_id,
        head: alarm,
        alarms: [alarm],
        unacknowledged,
      });
    }
  }
  return [...groups.values()];
}

function groupedRows(alarms: Alarm[], expanded: ReadonlySet<string>): BoardRow[] {
  const urgent = alarms.filter((alarm) => alarm.priority === "P1").map(plain);
  const rest = groupsOf(alarms.filter((alarm) => alarm.priority !== "P1"));
  const below = rest.flatMap((group): BoardRow[] => {
    const [only] = group.alarms;
    if (group.alarms.length === 1 && only) return [plain(only)];
    const open = expanded.has(group.id);
    const head: BoardRow = { type: "group", key: `group ${group.id}`, group, expanded: open };
    return open
      ? [head, ...group.alarms.map((alarm) => ({ ...plain(alarm), depth: 2 as const }))]
      : [head];
  });
  return [...urgent, ...below];
}

function plain(alarm: Alarm): Extract<BoardRow, { type: "alarm" }> {
  return { type: "alarm", key: alarm.id, alarm, depth: 1 };
}

function isUrgent(row: BoardRow): boolean {
  return row.type === "alarm" && row.alarm.priority === "P1";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
