import { expect, test } from "vitest";

import { rolesOf } from "../../src/data/tasks";
import { task } from "../samples";

test("duties come in the plan's order with their open tasks", () => {
  const tasks = [task("a", { role: "CR" }), task("b"), task("c", { state: "done" })];
  expect(rolesOf(tasks)).toEqual([
    { role: "CR", open: 1 },
    { role: "EN", open: 1 },
  ]);
});
