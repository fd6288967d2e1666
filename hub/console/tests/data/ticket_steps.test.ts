import { expect, test } from "vitest";

import { nextStep, otherSteps } from "../../src/data/ticket_steps";
import { ticket } from "../samples";

test("nobody is offered to verify the own work, or to let an emergency rest", () => {
  const desk = { desk: true, own: false };
  expect(nextStep(ticket("t", { state: "resolved" }), desk)).toBe("verify");
  expect(nextStep(ticket("t", { state: "resolved" }), { desk: true, own: true })).toBeUndefined();
  expect(nextStep(ticket("t", { state: "resolved" }), { ...desk, desk: false })).toBeUndefined();
  const working = ticket("t", { state: "working" });
  expect(otherSteps(working, desk)).toEqual(["transfer", "suspend"]);
  expect(otherSteps({ ...working, class: "emergency" }, desk)).toEqual(["transfer"]);
});

test("a new ticket is dispatched by the desk, and taken by an engineer whom nobody sends", () => {
  expect(nextStep(ticket("t", { state: "new" }), { desk: true, own: false })).toBe("dispatch");
  expect(nextStep(ticket("t", { state: "new" }), { desk: false, own: false })).toBe("accept");
});
