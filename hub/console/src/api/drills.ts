/** Drills as the hub gives them. */

import type { Level, Place, Role } from "./records";

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
