import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";

import { type Resource, resource } from "../../src/data/resource.svelte";

interface Question {
  key: string;
  signal: AbortSignal;
  answer: (value: string) => void;
  refuse: (error: unknown) => void;
}

let end: () => void;
afterEach(() => end());

/** A resource as a component has one, with what it asks and what it depends on. */
function asking(first: string | undefined) {
  const questions: Question[] = [];
  const failures: unknown[] = [];
  let key = $state(first);
  let news = $state(0);
  let found: Resource<string, string>;
  end = $effect.root(() => {
    found = resource(
      () => key,
      (key, signal) =>
        new Promise<string>((answer, refuse) => questions.push({ key, signal, answer, refuse })),
      { news: () => news, failed: (error) => failures.push(error) },
    );
  });
  flushSync();
  const change = (act: () => void) => {
    act();
    flushSync();
  };
  return {
    found: found!,
    questions,
    failures,
    turnTo: (next: string) => change(() => (key = next)),
    tell: () => change(() => (news += 1)),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("it is asked when its component begins, and again when there is news of it", async () => {
  const { found, questions, tell } = asking("d1");
  questions[0]!.answer("planned");
  await settled();
  expect(found.value).toBe("planned");
  tell();
  expect(found.value).toBe("planned");
  questions[1]!.answer("running");
  await settled();
  expect(found.value).toBe("running");
});

test("nothing is asked until it is known for what", () => {
  const { questions, turnTo } = asking(undefined);
  expect(questions).toHaveLength(0);
  turnTo("d1");
  expect(questions.map(({ key }) => key)).toEqual(["d1"]);
});

test("an answer to what is no longer asked comes to nothing", async () => {
  const { found, questions, turnTo } = asking("d1");
  turnTo("d2");
  expect(questions[0]!.signal.aborted).toBe(true);
  questions[1]!.answer("of d2");
  questions[0]!.answer("of d1");
  await settled();
  expect(found.value).toBe("of d2");
});

test("a refusal is kept beside the last answer until a later one comes", async () => {
  const { found, questions, failures, tell } = asking("d1");
  questions[0]!.answer("planned");
  await settled();
  tell();
  questions[1]!.refuse("no answer");
  await settled();
  expect([found.value, found.error, failures]).toEqual(["planned", "no answer", ["no answer"]]);
  found.retry();
  questions[2]!.answer("running");
  await settled();
  expect([found.value, found.error]).toEqual(["running", undefined]);
});

test("with its component it ends", async () => {
  const { found, questions, failures } = asking("d1");
  end();
  expect(questions[0]!.signal.aborted).toBe(true);
  questions[0]!.refuse("aborted");
  await settled();
  expect([found.error, failures]).toEqual([undefined, []]);
});
