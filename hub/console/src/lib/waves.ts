/** Told households in the order in which they were told. */

import type { Text, ToldHousehold } from "./records";

export interface Wave {
  number: number;
  households: ToldHousehold[];
}

export function wavesOf(households: readonly ToldHousehold[]): Wave[] {
  const waves = new Map<number, ToldHousehold[]>();
  for (const household of households) {
    const wave = waves.get(household.wave);
    if (wave) wave.push(household);
    else waves.set(household.wave, [household]);
  }
  return [...waves]
    .sort(([a], [b]) => a - b)
    .map(([number, members]) => ({ number, households: members.sort(byUnit) }));
}

/** The different messages among these, most of which say the same. At most `limit`. */
export function messagesOf(households: readonly ToldHousehold[], limit = 4): Text[] {
  const texts = new Map(households.map(({ text }) => [text.en, text]));
  return [...texts.values()].slice(0, limit);
}

function byUnit(a: ToldHousehold, b: ToldHousehold): number {
  return a.unit.localeCompare(b.unit, "en", { numeric: true });
}
