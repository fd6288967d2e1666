/** What a person is asked before something is done: described by data, shown in the one dialog. */

import { type Component, tick } from "svelte";

/** A part of the dialog: it shows and changes `form[name]`; without a name it only shows. */
export interface Part<Form> {
  name?: keyof Form & string;
  // Each component takes other properties, which its builder has checked.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  as: Component<any>;
  props: object | ((form: Form) => object);
  /** Whether it needs a line of its own where others stand beside each other. */
  wide?: boolean;
  /** Whether it is there; always where unset. */
  when?: (form: Form) => boolean;
}

export interface Question<Form extends object> {
  title: string;
  /** The strong button's words; none where there is nothing to send. */
  answer?: string;
  /** What it is about. */
  about?: string;
  /** What the answer does. */
  effect?: string;
  /** What stands in the fields at first. */
  form: Form;
  parts: Part<Form>[];
  /** Raises what is then said in the dialog, which stays; otherwise it closes. */
  send?: (form: Form) => Promise<unknown>;
  /** Another answer, which needs no form. */
  other?: { words: string; testid: string; send: () => void };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyQuestion = Question<any>;

let asked = $state.raw<AnyQuestion>();

export const asking = {
  get question(): AnyQuestion | undefined {
    return asked;
  },
  /** Ends `question`, unless another has taken its place. */
  end(question: AnyQuestion | undefined): void {
    if (asked === question) asked = undefined;
  },
};

/** Opens the dialog with a form of its own; one that is open closes first. */
export async function ask<Form extends object>(question: Question<Form>): Promise<void> {
  if (asked) {
    asked = undefined;
    await tick();
  }
  asked = question;
}
