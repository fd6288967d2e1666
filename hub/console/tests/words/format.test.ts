import { expect, test } from "vitest";

import { ago, countdown, duration } from "../../src/words/format";

test("durations say the two words that matter, in both languages", () => {
  expect(duration(42, "en")).toBe("42s");
  expect(duration(3900, "en")).toBe("1h 5m");
  expect(duration(3600, "en")).toBe("1h");
  expect(duration(-3, "zh")).toBe("0秒");
  expect(duration(90_000, "zh")).toBe("1天 1小时");
  expect(ago(310, "en")).toBe("5 minutes ago");
  expect(ago(7200, "zh")).toBe("2小时前");
  expect(countdown(-161)).toBe("2:41");
  expect(countdown(3761)).toBe("1:02:41");
});
