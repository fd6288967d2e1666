/** Which of the tokens' tones a record wears. */

import type { Level, Priority, Urgency } from "../api/records";

export type Tone = "1" | "2" | "3" | "4" | "good" | "none";

const LEVEL_TONE: Record<Level, Tone> = { I: "1", II: "2", III: "3", IV: "4" };
const URGENCY_TONE: Record<Urgency, Tone> = { N1: "1", N2: "2", N3: "4", N4: "none" };

export function priorityTone(priority: Priority): Tone {
  return priority[1] as Tone;
}

export function levelTone(level: Level): Tone {
  return LEVEL_TONE[level];
}

export function urgencyTone(urgency: Urgency): Tone {
  return URGENCY_TONE[urgency];
}
