import { expect, test } from "vitest";
import {
  endingOf,
  type Message,
  outcomeOf,
  promptChanges,
  type Receipt,
  receiptOf,
  receiptsBefore,
  saysNothing,
  textOf,
} from "@/features/chats/messages";

const receipt = (components: Receipt["components"], presetId: string | null = null): Receipt => ({
  presetId,
  presetName: presetId ?? "Custom",
  components,
  tokens: 10,
});
const part = (id: string, type: "role" | "style", version = 1) => ({ id, type, name: id, version });
const answer = (...parts: Message["parts"]): Message => ({ id: "1", role: "assistant", parts });

test("reads the parts of a kept answer", () => {
  const message = answer(
    { type: "step-start" },
    { type: "data-prompt", data: receipt([part("Tutor", "role")]) },
    { type: "text", text: "Hello" },
    { type: "text", text: "again" },
    { type: "data-outcome", data: { outcome: "stopped" } },
  );
  expect(textOf(message)).toBe("Hello\n\nagain");
  expect(receiptOf(message)?.components[0]?.name).toBe("Tutor");
  expect(outcomeOf(message)).toEqual({ outcome: "stopped" });
});

test("thoughts are something said, as the server counts it", () => {
  expect(saysNothing(answer({ type: "data-prompt", data: receipt([]) }, { type: "text", text: "" }))).toBe(
    true,
  );
  expect(saysNothing(answer({ type: "reasoning", text: "Hm." }))).toBe(false);
});

test("says what changed in the prompt", () => {
  const before = receipt([part("Tutor", "role"), part("Formal", "style")]);
  const after = receipt([part("Tutor", "role", 2), part("Concise", "style")]);
  expect(promptChanges(before, after).map((change) => change.text)).toEqual([
    "Role: Tutor, version 1 → 2",
    "Style: Formal → Concise",
  ]);
  expect(promptChanges(after, receipt([])).map((change) => change.text)).toEqual([
    "Role: Tutor → none",
    "Style: Concise → none",
  ]);
  expect(promptChanges(before, before)).toEqual([]);
  expect(promptChanges(undefined, after)).toEqual([]);
});

test("the same parts under another preset are a change of preset", () => {
  const parts = [part("Tutor", "role")];
  const text = (before: Receipt, after: Receipt) => promptChanges(before, after)[0]?.text;
  expect(text(receipt(parts, "Alpha"), receipt(parts, "Beta"))).toBe("Preset: Alpha → Beta");
  expect(text(receipt(parts, "Alpha"), receipt(parts))).toBe("Preset: Alpha → none");
});

test("what is chosen for the next answer has no versions yet, so only other parts count", () => {
  const before = receipt([part("Tutor", "role", 3), part("Formal", "style")]);
  const chosen = (name: string) => ({
    presetId: null,
    presetName: null,
    components: [
      { id: "Tutor", type: "role" as const, name: "Tutor" },
      { id: name, type: "style" as const, name },
    ],
  });
  expect(promptChanges(before, chosen("Formal"))).toEqual([]);
  expect(promptChanges(before, chosen("Concise"))).toEqual([
    { type: "style", text: "Style: Formal → Concise" },
  ]);
});

test("an answer without a receipt does not hide the one before it", () => {
  const first = receipt([part("Tutor", "role")]);
  const said: Message[] = [
    { id: "a", role: "assistant", parts: [{ type: "data-prompt", data: first }] },
    { id: "b", role: "assistant", parts: [{ type: "text", text: "From elsewhere" }] },
    { id: "c", role: "assistant", parts: [] },
  ];
  expect([...receiptsBefore(said).entries()]).toEqual([
    ["a", undefined],
    ["b", first],
    ["c", first],
  ]);
});

test.each([
  [{ outcome: "stopped" }, "You stopped this answer."],
  [{ outcome: "failed", message: "The provider is busy." }, "This answer failed. The provider is busy."],
  [{ outcome: "failed" }, "This answer failed."],
  [
    { outcome: "interrupted", message: "The server stopped in the middle of this answer." },
    "The server stopped while this answer was being written. What had been said was kept.",
  ],
] as const)("an answer that ended as %j says so once", (outcome, told) => {
  expect(endingOf(outcome)).toBe(told);
});
