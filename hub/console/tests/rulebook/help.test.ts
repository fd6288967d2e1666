import { expect, test } from "vitest";

import { fieldAt, helpFor, type Schema } from "../../src/rulebook/help";

const YAML = "id: leak\nwhen:\n  all:\n    - {signal: wet, equals: 1}\npriority: P3\n";

test.each([
  ["leak", "id", "id"],
  ["equals", "equals", "when"],
  ["wet", "signal", "when"],
  ["P3", "priority", "priority"],
])("the field at %s is found", (there, field, top) => {
  expect(fieldAt(YAML, YAML.indexOf(there))).toEqual({ field, top });
});

test("help is that of the model that the field stands in", () => {
  const schema: Schema = {
    properties: { when: { $ref: "#/$defs/When" }, level: { description: "outer" } },
    required: ["when"],
    $defs: {
      Other: { properties: { signal: { description: "wrong" } } },
      When: { properties: { signal: { description: "right", exclusiveMinimum: 0, enum: ["a"] } } },
    },
  };
  const inner = helpFor(schema, { field: "signal", top: "when" });
  expect(inner).toEqual({
    field: "signal", required: false, description: "right", choices: ["a"], limits: ["> 0"],
  }); // prettier-ignore
  expect(helpFor(schema, { field: "level", top: "level" })?.description).toBe("outer");
  expect(helpFor(schema, { field: "nothing", top: "when" })).toBeNull();
});
