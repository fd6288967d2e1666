/** The console's floors: what may import what. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { expect, test } from "vitest";

/** Folders of `src`, from the ground up. Those of one floor may import each other, in one direction. */
const FLOORS = [
  ["api"],
  ["live", "browser"],
  ["words"],
  ["data"],
  ["components"],
  [
    "alarms",
    "drills",
    "estate",
    "incidents",
    "notices",
    "oncall",
    "people",
    "resident",
    "reviews",
    "rulebook",
    "tickets",
  ],
  ["pages"],
  ["."], // the entry points
];

type Graph = Map<string, Set<string>>;

const SOURCE = join(import.meta.dirname, "../src");
const imports: Graph = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(svelte|ts)$/.test(file))
    .map((file) => [file, importedBy(file)]),
);

test("every folder stands on a floor", () => {
  const homeless = [...imports.keys()].filter((file) => floorOf(file) === -1);
  expect(homeless).toEqual([]);
});

test("no file imports one of a higher floor", () => {
  const upward = [...imports].flatMap(([file, others]) =>
    [...others]
      .filter((other) => floorOf(other) > floorOf(file))
      .map((other) => `${file} imports ${other}`),
  );
  expect(upward).toEqual([]);
});

test("no files import each other in a circle", () => {
  expect(circleIn(imports)).toEqual([]);
});

test("no folders import each other in a circle", () => {
  const folders: Graph = new Map();
  for (const [file, others] of imports) {
    const used = folders.get(dirname(file)) ?? new Set();
    for (const other of others) if (dirname(other) !== dirname(file)) used.add(dirname(other));
    folders.set(dirname(file), used);
  }
  expect(circleIn(folders)).toEqual([]);
});

function floorOf(file: string): number {
  const room = dirname(file).split("/")[0]!;
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

/** The modules of `src` that a file imports, but itself: a component may draw itself within itself. */
function importedBy(file: string): Set<string> {
  const words = readFileSync(join(SOURCE, file), "utf8");
  const paths = [...words.matchAll(/\b(?:from|import) *\(?"(\.[^"]+)"/g)].map((match) => match[1]!);
  return new Set(
    paths
      .filter((path) => !/\.(css|json)$/.test(path))
      .map((path) => relative(SOURCE, moduleAt(join(SOURCE, dirname(file), path))))
      .filter((other) => other !== file),
  );
}

/** Throws an Error where no file is found, so that no import is overlooked. */
function moduleAt(path: string): string {
  const found = [path, `${path}.ts`].find((file) => existsSync(file) && statSync(file).isFile());
  if (!found) throw new Error(`no module at ${path}`);
  return found;
}

/** A circle, each node before the one it imports; empty where there is none. */
function circleIn(graph: Graph): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next, [...path, node]);
      if (circle.length > 0) return circle;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const circle = visit(node, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
