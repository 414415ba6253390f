import { diffLines, diffWordsWithSpace } from "diff";
import { expect, test } from "vitest";
import { type Piece, rows } from "@/features/prompts/diff-rows";

const library = { diffLines, diffWordsWithSpace };
/** "[changed]" in brackets. */
const line = (pieces: Piece[]) =>
  pieces
    .map(({ text, changed }) => (changed ? `[${text}]` : text))
    .join("")
    .replaceAll("\n", "");
const read = (before: string, after: string) =>
  rows(before, after, library).map((row) => [line(row.left), line(row.right)]);

test("a changed word is marked on both sides, and the lines around it stand beside each other", () => {
  expect(read("Be kind.\nUse short sentences.\nEnd.", "Be kind.\nUse long sentences.\nEnd.")).toEqual([
    ["Be kind.", "Be kind."],
    ["Use [short] sentences.", "Use [long] sentences."],
    ["End.", "End."],
  ]);
});

test("a line that only one side has faces nothing", () => {
  expect(read("One.", "One.\nTwo.")).toEqual([
    ["One.", "One."],
    ["", "[Two.]"],
  ]);
  expect(read("", "One.")).toEqual([["", "[One.]"]]);
});

test("a passage that was rewritten is marked as a whole", () => {
  const before = "You are a patient teacher of Latin.";
  const after = "Answer like a pirate, in verse, about ships.";
  expect(read(before, after)).toEqual([[`[${before}]`, `[${after}]`]]);
});

test("equal texts have no marks", () => {
  expect(rows("One.\nTwo.", "One.\nTwo.", library).every((row) => row.same)).toBe(true);
});
