import { describe, expect, test } from "vitest";

import type { AtDoor, Told } from "../../src/api/records";
import { byFloor, helpFirst, placeOf } from "../../src/data/doors";
import { AT, notice } from "../samples";

function told(household: string, changes: Partial<Told> = {}): Told {
  const unit = household.split("-").slice(1).join("-");
  return { ...notice(`n-${household}`), household, unit, name: `R*** ${unit}`, ...changes };
}

describe("doors to knock at", () => {
  const door = (household: string, needs: AtDoor["needs"] = []): AtDoor => ({
    ...told(household),
    needs,
    knock_since: AT,
  });
  const doors = [
    door("B3-12-01", ["mobility"]),
    door("B3-09-02"),
    door("B3-12-03"),
    door("G-P145"),
    door("B10-01-01"),
  ];

  test("begin with those who need help first", () => {
    expect(helpFirst(doors).map(({ household }) => household)).toEqual(["B3-12-01"]);
  });

  test("go on by building, from the top floor down", () => {
    expect(byFloor(doors).map((f) => [f.building, f.floor, f.doors.length])).toEqual([
      ["B3", 12, 1],
      ["B3", 9, 1],
      ["B10", 1, 1],
      ["G", null, 1],
    ]);
  });

  test("know their place by the household's id", () => {
    expect(placeOf("tower-a-12-03")).toEqual({ building: "tower-a", floor: 12 });
    expect(placeOf("G-P145")).toEqual({ building: "G", floor: null });
  });
});
