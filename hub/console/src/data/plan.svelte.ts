/** The plan that a page's incident goes by: fetched when the incident, or its plan, is another. */

import type { IncidentDetail } from "../api/records";
import { Problem } from "../api/http";
import { toasts } from "../words/toasts.svelte";
import { type PlanFound, planOf } from "./plans";

export class PlanView {
  found = $state.raw<PlanFound>();

  /** Create while a component initialises: it follows that component's life. */
  constructor(incident: () => IncidentDetail | undefined) {
    const id = $derived(incident()?.plan ?? null);
    const version = $derived(incident()?.plan_version ?? null);
    const estate = $derived(incident()?.estate);
    $effect(() => {
      let isLeft = false;
      this.found = undefined;
      if (id !== null && estate !== undefined) {
        planOf({ estate, plan_version: version }, id).then(
          (found) => {
            if (!isLeft) this.found = found;
          },
          (error: unknown) => {
            if (!(error instanceof Problem && error.status === 404)) toasts.report(error);
          },
        );
      }
      return () => (isLeft = true);
    });
  }
}
