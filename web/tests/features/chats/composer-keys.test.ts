import { expect, test } from "vitest";
import { act } from "@/features/chats/composer-keys";

const key = (name: string, given = {}) => ({
  key: name,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  ...given,
});

test.each([
  [key("Enter"), "hello", "send"],
  [key("Enter", { shiftKey: true }), "hello", null],
  [key("Enter", { ctrlKey: true }), "hello", "send"],
  [key("Enter", { isComposing: true }), "こんにちは", null],
  [key("/"), "", "slash"],
  [key("/"), "1", null],
  [key("/", { ctrlKey: true }), "", null],
  [key("a"), "", null],
])("%o in %j means %s", (pressed, text, meaning) => {
  expect(act(pressed, text)).toBe(meaning);
});
