import { afterEach, expect, test, vi } from "vitest";

import { at } from "../../src/api/paths";
import { command, idempotencyKey } from "../../src/api/command";
import { Problem } from "../../src/api/http";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const now = () => Promise.resolve();

afterEach(() => vi.unstubAllGlobals());

/** The hub's next answers, in order: a response or a lost connection. Returns the keys it saw. */
function hub(...answers: (Response | Error)[]): string[] {
  const keys: string[] = [];
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get("Idempotency-Key") ?? "");
    const answer = answers.shift() ?? new Error("no more answers");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return keys;
}

function problem(status: number, body: object = {}): Response {
  return new Response(JSON.stringify(body), { status });
}

test("a command is sent again with the same key while no answer comes", async () => {
  const keys = hub(
    new TypeError("lost"),
    problem(503),
    new Response(JSON.stringify({ events: [] })),
  );
  expect(await command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now)).toEqual({ events: [] });
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(UUID);
});

test("a refused command is not sent again, and says why", async () => {
  const keys = hub(problem(409, { title: "Refused", detail: "already acknowledged" }));
  const refused = command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now);
  await expect(refused).rejects.toMatchObject({ status: 409, detail: "already acknowledged" });
  expect(keys).toHaveLength(1);
});

test("a hub that never answers is given up", async () => {
  const keys = hub();
  await expect(command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now)).rejects.toBeInstanceOf(Problem);
  expect(keys).toHaveLength(4);
});

test("an accepted command without a body has no events yet", async () => {
  hub(new Response(null, { status: 202 }));
  expect(await command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now)).toEqual({ events: [] });
});

test("two commands have two keys", async () => {
  const keys = hub(new Response("{}"), new Response("{}"));
  await command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now);
  await command(at("/alarms/{alarm}/acknowledge", { alarm: "a1" }), {}, now);
  expect(new Set(keys).size).toBe(2);
});

test("a page on plain http, which has no randomUUID, still makes a version 4 UUID", () => {
  const plain = { getRandomValues: crypto.getRandomValues.bind(crypto) } as Crypto;
  expect(idempotencyKey(plain)).toMatch(UUID);
  expect(idempotencyKey(plain)).not.toBe(idempotencyKey(plain));
});
