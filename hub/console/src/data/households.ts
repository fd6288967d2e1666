/** Told households: one row each, grouped by why they are told, in the order of the waves. */

import type { Attempt, Text, Told } from "../api/records";

/** How far the telling of a household has come. */
export type Reach = "reached" | "failed" | "waiting" | "sent" | "withdrawn";

export interface Row {
  household: string;
  unit: string;
  name: string;
  wave: number;
  why: string;
  reach: Reach;
  /** Its notices, the newest first. */
  notices: Told[];
}

export interface Group {
  why: string;
  wave: number;
  rows: Row[];
  texts: Text[];
}

const TEXTS_SHOWN = 3;

/** One row per household of `told`, which is newest first, as it stands at `nowMs`. */
export function rowsOf(told: readonly Told[], nowMs: number): Row[] {
  const notices = new Map<string, Told[]>();
  for (const notice of told) {
    const mine = notices.get(notice.household);
    if (mine) mine.push(notice);
    else notices.set(notice.household, [notice]);
  }
  return [...notices].map(([household, mine]) => {
    const first = mine.at(-1)!;
    const { unit, name, wave, why } = first;
    return { household, unit, name, wave, why, reach: reachOf(mine, nowMs), notices: mine };
  });
}

/** Whether the household has its newest notice; what was withdrawn does not count against it. */
function reachOf(notices: Told[], nowMs: number): Reach {
  const newest = notices.find((notice) => notice.state !== "withdrawn");
  if (!newest) return "withdrawn";
  if (newest.reached_by !== null) return "reached";
  if (newest.state === "failed") return "failed";
  return isHeld(newest, nowMs) ? "waiting" : "sent";
}

export function groupsOf(rows: readonly Row[]): Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.wave} ${row.why}`;
    const members = groups.get(key);
    if (members) members.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()]
    .map((members) => ({
      why: members[0]!.why,
      wave: members[0]!.wave,
      rows: members.sort(byUnit),
      texts: textsOf(members),
    }))
    .sort((a, b) => a.wave - b.wave || a.why.localeCompare(b.why));
}

/** Those whose unit, id or name holds the words, whatever their case. */
export function matching(rows: readonly Row[], search: string): Row[] {
  const words = search.trim().toLowerCase();
  if (words === "") return [...rows];
  return rows.filter((row) =>
    [row.unit, row.household, row.name].some((text) => text.toLowerCase().includes(words)),
  );
}

/** The templates of which notices wait for a person's word, each once. */
export function heldTemplates(told: readonly Told[], nowMs: number): string[] {
  const held = told.filter((notice) => isHeld(notice, nowMs)).map(({ template }) => template);
  return [...new Set(held)];
}

/** Whether a notice may not disturb anybody yet, though it is to go out. */
export function isHeld(notice: Told, nowMs: number): boolean {
  if (notice.state === "withdrawn" || notice.reached_by !== null) return false;
  if (notice.state === "awaiting_approval") return true;
  return notice.not_before_at !== null && Date.parse(notice.not_before_at) > nowMs;
}

/** Attempts with those that went alike, one after the other, as one of `times`: the last of them. */
export function merged(attempts: readonly Attempt[]): (Attempt & { times: number })[] {
  const lines: (Attempt & { times: number })[] = [];
  for (const attempt of attempts) {
    const before = lines.at(-1);
    const isAlike =
      before?.channel === attempt.channel &&
      before.contact === attempt.contact &&
      before.state === attempt.state &&
      before.evidence === attempt.evidence;
    if (isAlike) lines[lines.length - 1] = { ...attempt, times: before.times + 1 };
    else lines.push({ ...attempt, times: 1 });
  }
  return lines;
}

function textsOf(rows: readonly Row[]): Text[] {
  const texts = rows.flatMap((row) => row.notices.map(({ text }) => text));
  return [...new Map(texts.map((text) => [text.en, text])).values()].slice(0, TEXTS_SHOWN);
}

function byUnit(a: Row, b: Row): number {
  return a.household.localeCompare(b.household, "en", { numeric: true });
}
