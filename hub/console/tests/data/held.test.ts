import { expect, test } from "vitest";

import type { Alarm } from "../../src/api/records";
import { countHeldBack, heldBack } from "../../src/data/held";
import { alarm, at, suppression } from "../samples";

test("what is held back is listed by what holds it, the next to end first", () => {
  const held = (id: string, by: string, kind: Alarm["suppression_kind"]) =>
    alarm(id, { suppression: by, suppression_kind: kind });
  const alarms = [
    held("a1", "s1", "shelved"),
    held("a2", "riverside-a9", "by_design"),
    held("a3", "riverside-a9", "by_design"),
    alarm("a4"),
  ];
  const suppressions = [
    suppression("s2", { until_at: at(9000) }),
    suppression("s1"),
    suppression("s3", { kind: "out_of_service" }),
  ];
  const { shelved, explained, outOfService } = heldBack(alarms, suppressions);
  expect(shelved.map(({ suppression, alarms }) => [suppression.id, alarms.length])).toEqual([
    ["s1", 1],
    ["s2", 0],
  ]);
  expect(explained.map(({ id, alarms }) => [id, alarms.length])).toEqual([["riverside-a9", 2]]);
  expect(outOfService.map(({ suppression }) => suppression.id)).toEqual(["s3"]);
  expect(countHeldBack(alarms)).toBe(3);
});
