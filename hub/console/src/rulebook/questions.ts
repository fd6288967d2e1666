/** What a person is asked before the rulebook changes. */

import { line } from "../components/fields";
import { ask } from "../components/question.svelte";
import { t } from "../words/language.svelte";
import Diff from "./Diff.svelte";

/** Why; with what changes, where words do. */
export function change(
  title: string,
  effect: string,
  send: (reason: string) => Promise<unknown>,
  done: () => void,
  words?: { before: string; after: string },
): void {
  void ask({
    title,
    answer: title,
    effect,
    form: { reason: "" },
    parts: [
      { as: Diff, props: { ...words, short: true }, when: () => words !== undefined },
      line("reason", t("rules.reason"), { hint: t("rules.reason.hint"), required: true }),
    ],
    send: async ({ reason }) => {
      await send(reason);
      done();
    },
  });
}
