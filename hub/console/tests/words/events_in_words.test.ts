import { expect, test, vi } from "vitest";

import type { LiveEvent } from "../../src/api/records";
import { sentence } from "../../src/words/events_in_words";

vi.mock("../../src/live/live.svelte", () => ({ live: { state: undefined } }));

test("an event of a noun that the console does not know yet is told by its noun and verb", () => {
  const lit = { kind: "street_lantern.lit", record: {}, by: "system", reason: "" };
  expect(sentence(lit as unknown as LiveEvent)).toBe("street lantern: lit");
});
