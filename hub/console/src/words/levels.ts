/** Levels of an incident: I is the gravest, IV the least. */

import type { Level } from "../api/records";

const LEVELS: readonly Level[] = ["IV", "III", "II", "I"];

/** To sort by level, the gravest first. */
export function graverFirst(a: Level, b: Level): number {
  return LEVELS.indexOf(b) - LEVELS.indexOf(a);
}

/** Whether `level` is as grave as `threshold`, or graver. */
export function isAtLeast(level: Level, threshold: Level): boolean {
  return graverFirst(level, threshold) <= 0;
}

/** The levels that are graver than this one, the least of them first. */
export function graverThan(level: Level): Level[] {
  return LEVELS.filter((other) => graverFirst(other, level) < 0);
}
