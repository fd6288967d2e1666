/** A position in the stream: each estate's last event that was seen, `harbour:812,tower:44`. */

export type Seen = ReadonlyMap<string, number>;

export function seenAt(position: string): Seen {
  const parts = position.split(",").filter((part) => part !== "");
  return new Map(
    parts.map((part) => {
      const [estate = "", seq] = part.split(":");
      return [estate, Number(seq)];
    }),
  );
}

export function positionOf(seen: Seen): string {
  return [...seen].map(([estate, seq]) => `${estate}:${seq}`).join(",");
}

/** Whether the estate's event `seq` is among what was seen. */
export function holds(seen: Seen, { estate, seq }: { estate: string; seq: number }): boolean {
  return (seen.get(estate) ?? 0) >= seq;
}
