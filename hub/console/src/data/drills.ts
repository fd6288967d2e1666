/** Drills as the hub gives them. */

import type { Level, Place, Role, Text } from "../api/records";
import type { Tone } from "../words/tone";

export const KINDS = ["functional", "full_scale", "tabletop", "unannounced"] as const;
export type DrillKind = (typeof KINDS)[number];
export type DrillState = "planned" | "running" | "paused" | "ended" | "cancelled";

export const PARTS = ["acknowledge", "dispatch", "arrive", "notify", "tasks", "proof"] as const;
export type PartName = (typeof PARTS)[number];

export interface ScorePart {
  name: PartName;
  weight: number;
  /** Seconds of the drill, or a share from 0 to 1; so is what was reached. */
  target: number;
  reached: number | null;
  reached_at: string | null;
  points: number;
  applies: boolean;
  void: boolean;
}

export interface Score {
  /** Of 100; null where the drill was stopped, or nothing could be scored. */
  total: number | null;
  parts: ScorePart[];
}

export interface Drill {
  id: string;
  estate: string;
  kind: DrillKind;
  title: string;
  plan: string;
  level: Level;
  place: Place;
  state: DrillState;
  leader: string;
  made_by: string;
  made_at: string;
  planned_at: string | null;
  participants: { user: string; duty: Role }[];
  households: string[];
  script: { after_s: number }[];
  injected: number;
  plan_version: number | null;
  incident_id: string | null;
  started_at: string | null;
  paused_at: string | null;
  /** For how many seconds it stood before. */
  stood_s: number;
  ended_at: string | null;
  void_from_at: string | null;
  void_why: string;
  /** The real incident that it gave way to last. */
  void_by: string | null;
  remarks: { words: string; by: string; noted_at: string }[];
  score: Score | null;
}

/** A drill that the rules ask for, and by when it is to be held again. */
export interface DueDrill {
  estate: string;
  id: string;
  name: Text;
  every_days: number;
  source: string;
  last_drill: string | null;
  last_at: string | null;
  due_at: string | null;
  overdue: boolean;
}

export const DRILL_TONE: Record<DrillState, Tone> = {
  planned: "none",
  running: "4",
  paused: "1",
  ended: "good",
  cancelled: "none",
};

/** Parts that are a share of what there was to do; the others are times. */
export function isShare(name: PartName): boolean {
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
