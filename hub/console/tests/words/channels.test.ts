import { beforeAll, describe, expect, test, vi } from "vitest";

import { channels } from "../../src/words/channels.svelte";

const register = vi.hoisted(() => {
  const text = (en: string, zh: string) => ({ en, zh });
  const pager = {
    name: "pager", label: text("Pager", "寻呼机号码"), hint: text("Seven digits.", "七位数字。"),
    example: "5550101", typed_as: "text", pattern: "^\\d{7}$", longest: 200,
  };
  const phone = { ...pager, name: "phone", label: text("Phone", "电话"), typed_as: "tel" };
  const kind = { sides: ["households", "staff"], address: phone, refusable: true };
  return [
    { ...kind, name: "pager", label: text("by pager", "寻呼机"), address: pager },
    { ...kind, name: "sms", label: text("by SMS", "短信") },
    { ...kind, name: "voice", label: text("by phone", "电话"), sides: ["staff"] },
    { ...kind, name: "page", label: text("on the page", "住户页面"), address: null, refusable: false },
  ];
});
vi.mock("../../src/api/http", () => ({ get: () => Promise.resolve({ items: register, next: null }) }));

beforeAll(() => channels.load());

describe("a channel that the hub's register has", () => {
  test("is called as the register says", () => {
    expect(channels.label("pager")).toBe("by pager");
  });

  test("has its address asked for, once for all channels that use it", () => {
    expect(channels.addresses("households").map(({ name }) => name)).toEqual(["pager", "phone"]);
  });

  test("can be refused by households that it tells, where it says so", () => {
    expect(channels.refusable).toEqual(["pager", "sms"]);
  });

  test("shows what is kept of a person's addresses", () => {
    const kept = channels.kept({ name: "Resident 01-01", pager: "*****01", phone: null }, "households");
    expect(kept.map(({ address, text }) => [address.name, text])).toEqual([["pager", "*****01"]]);
  });
});

test("a channel that is not in the register keeps its name, and a knock is none", () => {
  expect(channels.label("pigeon")).toBe("pigeon");
  expect(channels.label("door")).toBe("at the door");
});
