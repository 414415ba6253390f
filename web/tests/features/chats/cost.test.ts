import { expect, test } from "vitest";
import { costOf, dollars, spent } from "@/features/chats/cost";
import type { Message, Usage } from "@/features/chats/messages";

test.each([
  [0, "$0"],
  [12.345, "$12.35"],
  [1, "$1.00"],
  [0.5, "$0.50"],
  [0.031, "$0.031"],
  [0.000_42, "$0.00042"],
  [0.000_012_3, "$0.00001"],
  [0.000_001, "< $0.00001"],
])("%d is %s", (usd, text) => {
  expect(dollars(usd)).toBe(text);
});

const isLocal = (id: string) => id === "local";
const usage = (modelId: string, totalTokens: number, usd?: number): Usage => ({
  modelId,
  totalTokens,
  costUSD: usd === undefined ? undefined : { inputUSD: 0, outputUSD: usd, totalUSD: usd },
});
const answer = (data: Usage): Message => ({
  id: crypto.randomUUID(),
  role: "assistant",
  parts: [{ type: "data-usage", data }],
});

test("an unknown price is no figure; a model on this machine costs nothing", () => {
  expect(costOf(usage("gpt", 10), isLocal)).toBeUndefined();
  expect(costOf(usage("local", 10), isLocal)).toBe(0);
  expect(costOf(undefined, isLocal)).toBeUndefined();
});

test("a chat costs what its answers cost, if that is known of each", () => {
  const known = [answer(usage("gpt", 10, 0.25)), answer(usage("local", 5)), answer(usage("gpt", 5, 0.5))];
  expect(spent(known, 20, isLocal)).toEqual({ cost: 0.75, isAll: true });
  expect(spent([...known, answer(usage("other", 5))], 25, isLocal).cost).toBeUndefined();
});

test("turns that are not in the transcript any more cost something, too", () => {
  expect(spent([answer(usage("gpt", 10, 0.25))], 30, isLocal)).toEqual({ cost: 0.25, isAll: false });
});
