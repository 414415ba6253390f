import { expect, test } from "vitest";
import { blocks } from "@/components/markdown/blocks";

test("paragraphs are blocks", () => {
  expect(blocks("one\n\ntwo\n\n\nthree")).toHaveLength(3);
});

test("a fence is never cut, closed or still open", () => {
  const code = "```py\na = 1\n\nb = 2\n```";
  expect(blocks(`before\n\n${code}\n\nafter`)).toHaveLength(3);
  expect(blocks("before\n\n```py\na = 1\n\nb = 2")).toHaveLength(2);
});

test("a longer fence is not closed by a shorter one", () => {
  expect(blocks("````\n```\n\nstill code\n````\n\nafter")).toHaveLength(2);
});

test("items of one list stay together, their indented lines too", () => {
  expect(blocks("1. one\n\n2. two\n\n   more of two\n\n3. three")).toHaveLength(1);
  expect(blocks("- one\n\n- two\n\nafter the list")).toHaveLength(2);
});

test("link definitions keep the text whole", () => {
  const text = "See [this][1].\n\nMore.\n\n[1]: https://example.com";
  expect(blocks(text)).toEqual([text]);
});

test("what comes later never changes a finished block", () => {
  const text = "# Title\n\nSome text.\n\n- a\n- b\n\n```\ncode\n\nmore\n```\n\nThe end.";
  const whole = blocks(text);
  for (let length = 1; length < text.length; length++) {
    const partial = blocks(text.slice(0, length));
    partial.slice(0, -1).forEach((block, index) => {
      expect(whole[index]?.trim()).toBe(block.trim());
    });
  }
});
