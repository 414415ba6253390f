import { expect, test } from "vitest";
import {
  type Message,
  outcomeOf,
  promptChanges,
  type Receipt,
  receiptOf,
  textOf,
} from "@/features/chats/messages";

const receipt = (components: Receipt["components"], presetId: string | null = null): Receipt => ({
  presetId,
  presetName: presetId ?? "Custom",
  components,
  tokens: 10,
});
const part = (id: string, type: "role" | "style", version = 1) => ({ id, type, name: id, version });

test("reads the parts of a kept answer", () => {
  const message: Message = {
    id: "1",
    role: "assistant",
    parts: [
      { type: "step-start" },
      { type: "data-prompt", data: receipt([part("Tutor", "role")]) },
      { type: "text", text: "Hello" },
      { type: "text", text: "again" },
      { type: "data-outcome", data: { outcome: "stopped" } },
    ],
  };
  expect(textOf(message)).toBe("Hello\n\nagain");
  expect(receiptOf(message)?.components[0]?.name).toBe("Tutor");
  expect(outcomeOf(message)).toEqual({ outcome: "stopped" });
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
  expect(promptChanges(receipt(parts, "Alpha"), receipt(parts, "Beta"))[0]?.text).toBe(
    "Preset: Alpha → Beta",
  );
});
