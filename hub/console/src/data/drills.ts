/** How drills stand, and which are due. */

import type { Drill, DrillState, ScorePart } from "../api/records";
import type { Tone } from "../words/tone";

export const DRILL_TONE: Record<DrillState, Tone> = {
  planned: "none",
  running: "4",
  paused: "1",
  ended: "good",
  cancelled: "none",
};

/** Parts that are a share of what there was to do; the others are times. */
export function isShare(name: ScorePart["name"]): boolean {
  return name === "tasks" || name === "proof";
}

export function isGoingOn(drill: Drill): boolean {
  return drill.state === "running" || drill.state === "paused";
}

/** Seconds of the drill's own time: while it is paused none pass. */
export function drillTime(drill: Drill, nowMs: number): number {
  if (drill.started_at === null) return 0;
  const until = Date.parse(drill.paused_at ?? drill.ended_at ?? "") || nowMs;
  return Math.max(0, (until - Date.parse(drill.started_at)) / 1000 - drill.stood_s);
}

/** How a part stands: what counts, what was missed, what is still to come. */
export type Standing = "reached" | "missed" | "running" | "void" | "nothing_to_do";

export function standing(part: ScorePart, drill: Drill, nowMs: number): Standing {
  if (!part.applies) return "nothing_to_do";
  if (part.points >= part.weight) return "reached";
  if (part.void) return "void";
  if (!isGoingOn(drill)) return "missed";
  if (isShare(part.name) || part.name === "notify") return "running";
  const late = part.reached !== null || drillTime(drill, nowMs) > part.target;
  return late ? "missed" : "running";
}

/** Ids that a person wrote, one behind the other. */
export function idsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,，、;；]+/).filter(Boolean))];
}
