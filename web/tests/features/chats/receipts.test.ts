import * as library from "diff";
import { expect, test } from "vitest";
import type { PromptOfAnswer, UsedPart } from "@/api/chats";
import { pieces } from "@/features/chats/receipt-diff";
import { setupOf } from "@/features/chats/setup";
import { duration } from "@/features/chats/thinking";
import { EMPTY_SLOTS } from "@/lib/slots";

const compared = (before: string, after: string) =>
  pieces(before, after, library)
    .map(({ text, kind }) => (kind === "same" ? text : kind === "new" ? `+${text}+` : `-${text}-`))
    .join("");

test("a touched line shows its words, a rewritten one is whole", () => {
  expect(compared("# Role\n\nAnswer in sixty words.", "# Role\n\nAnswer in ninety words.")).toBe(
    "# Role\n\nAnswer in -sixty-+ninety+ words.\n",
  );
  expect(compared("Be brief.", "Explain everything at length, twice")).toBe(
    "-Be brief.\n-+Explain everything at length, twice\n+",
  );
});

test("a part that came or went is marked whole", () => {
  expect(compared("# Role\n\nTutor.", "# Role\n\nTutor.\n\n# Mode\n\nAsk.")).toBe(
    "# Role\n\nTutor.\n+\n# Mode\n\nAsk.\n+",
  );
  expect(compared("# Mode\n\nAsk.", "")).toBe("-# Mode\n\nAsk.\n-");
});

const part = (type: UsedPart["type"], versionNow: number | null): UsedPart => ({
  id: `${type}-id`,
  type,
  name: type,
  version: 1,
  versionNow,
});
const prompt = (parts: UsedPart[]): PromptOfAnswer => ({
  receipt: { presetId: "p", presetName: "P", components: [], tokens: 1 },
  text: "",
  previousText: null,
  parts,
});

test("used again, a prompt is what is left of it", () => {
  const used = prompt([part("role", 4), part("style", null)]);
  expect(setupOf(used, true)).toEqual({ presetId: "p", slots: { ...EMPTY_SLOTS, roleId: "role-id" } });
  expect(setupOf(used, false).presetId).toBeNull();
});

test.each([
  [1, "1 s"],
  [59, "59 s"],
  [60, "1 min 0 s"],
  [125, "2 min 5 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
