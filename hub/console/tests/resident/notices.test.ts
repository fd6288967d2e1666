import type { ResidentNotice } from "../../src/api/records";
import { describe, expect, test } from "vitest";

import { isOver, NOTICES_KEPT, put } from "../../src/resident/notices";
import { AT, at } from "../samples";

describe("a household's notices", () => {
  const notice = (id: string, changes: Partial<ResidentNotice> = {}): ResidentNotice => ({
    id,
    template: "LEAK",
    urgency: "N2",
    text: { en: "Leak.", zh: "漏水。" },
    requested_at: AT,
    read_at: null,
    incident_closed: false,
    drill: false,
    ...changes,
  });

  test("come newest first, each once", () => {
    const list = put(put([notice("n1")], notice("n2", { requested_at: at(5) })), notice("n1"));
    expect(list.map(({ id }) => id)).toEqual(["n2", "n1"]);
  });

  test("that were read stay read when they come again", () => {
    expect(put([notice("n1", { read_at: at(3) })], notice("n1"))[0]?.read_at).toBe(at(3));
  });

  test("are bounded", () => {
    const many = Array.from({ length: NOTICES_KEPT + 9 }, (_, i) =>
      notice(`n${i}`, { requested_at: at(i) }),
    );
    expect(many.reduce(put, [] as ResidentNotice[])).toHaveLength(NOTICES_KEPT);
  });

  test("are over with their incident, and the all-clear always is", () => {
    expect(isOver(notice("n1"))).toBe(false);
    expect(isOver(notice("n1", { incident_closed: true }))).toBe(true);
    expect(isOver(notice("n1", { template: "CLEAR" }))).toBe(true);
  });
});
