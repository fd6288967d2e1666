/** Households to knock at, as somebody walks: who needs help first, then floor by floor. */

import type { AtDoor } from "../api/records";

export interface Floor {
  /** Building and floor, such as `B3` and 12; null where the id names no flat. */
  building: string;
  floor: number | null;
  doors: AtDoor[];
}

/** Those who need help first, in the order given by the hub. */
export function helpFirst(doors: readonly AtDoor[]): AtDoor[] {
  return doors.filter((door) => door.needs.length > 0);
}

/** The others by building and floor, the top floor first: that is where the way down begins. */
export function byFloor(doors: readonly AtDoor[]): Floor[] {
  const floors = new Map<string, Floor>();
  for (const door of doors.filter(({ needs }) => needs.length === 0)) {
    const { building, floor } = placeOf(door.household);
    const key = `${building} ${floor}`;
    const started = floors.get(key);
    if (started) started.doors.push(door);
    else floors.set(key, { building, floor, doors: [door] });
  }
  return [...floors.values()].sort(
    (a, b) =>
      a.building.localeCompare(b.building, "en", { numeric: true }) ||
      (b.floor ?? -99) - (a.floor ?? -99),
  );
}

/** `B3-12-03` is building B3, floor 12; `G-P145` is a bay of garage G. */
export function placeOf(household: string): { building: string; floor: number | null } {
  const flat = /^(.+)-(\d+)-(\d+)$/.exec(household);
  if (flat) return { building: flat[1]!, floor: Number(flat[2]) };
  return { building: household.split("-").slice(0, -1).join("-"), floor: null };
}
