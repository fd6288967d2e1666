/** Until when: one of a few periods from now, or a time that a person enters. */

/** Minutes from now, or what a `datetime-local` input gives: local time without a zone. */
export type Period = number | string;

/** The end of `period` as RFC 3339; empty where the entered time is none. */
export function endOf(period: Period, now: number): string {
  const at = typeof period === "number" ? now + period * 60_000 : Date.parse(period);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}

/** `at`, in milliseconds, as a `datetime-local` input takes it: to the minute, local time. */
export function asInput(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
