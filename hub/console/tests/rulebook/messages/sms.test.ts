import { expect, test } from "vitest";

import { lengthOf } from "../../../src/rulebook/messages/sms";

test.each([
  ["", 0, 0],
  ["a".repeat(160), 160, 1],
  ["a".repeat(161), 161, 2],
  ["a".repeat(306), 306, 2],
  ["[".repeat(81), 81, 2],
  ["水".repeat(70), 70, 1],
  ["水".repeat(71), 71, 2],
  [`${"a".repeat(70)}水`, 71, 2],
  ["🚒".repeat(36), 36, 2],
])("a text message is cut where the network cuts it", (text, characters, segments) => {
  expect(lengthOf(text)).toEqual({ characters, segments });
});
