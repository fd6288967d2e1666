import { expect, test } from "vitest";

import { ASPECT, draw, type Pen } from "../../src/browser/strokes";

/** A pen that writes down what it is told, `call x y …`. */
function recorded(strokes: Parameters<typeof draw>[1], width: number): string[] {
  const calls: string[] = [];
  const pen = new Proxy({} as Record<string, unknown>, {
    get: (set, name: string) =>
      set[name] ?? ((...at: number[]) => calls.push([name, ...at].join(" "))),
  });
  draw(pen as unknown as Pen, strokes, width);
  return calls;
}

test("an empty pad is white paper", () => {
  expect(recorded([], 100)).toEqual([`fillRect 0 0 100 ${100 * ASPECT}`]);
});

test("a stroke keeps its place on a pad of another width", () => {
  const stroke = [{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.2 }]; // prettier-ignore
  const at = (width: number) => recorded([stroke], width).filter((call) => call.startsWith("moveTo"));
  expect(at(100)).toEqual(["moveTo 10 10"]);
  expect(at(200)).toEqual(["moveTo 20 20"]);
});

test("a touch without a way is a dot", () => {
  expect(recorded([[{ x: 0.5, y: 0.2 }]], 100).slice(1)).toEqual([
    "beginPath",
    "moveTo 50 20",
    "lineTo 50 20",
    "stroke",
  ]);
});
