import { expect, test } from "vitest";
import { excerpt, highlight } from "@/features/chats/highlight";

const marked = (text: string, wanted: string) =>
  highlight(text, wanted)
    .map((stretch) => (stretch.hit ? `[${stretch.text}]` : stretch.text))
    .join("");

test.each([
  ["The launch", "LAUNCH", "The [launch]"],
  ["Élan vital", "elan", "[Élan] vital"],
  ["Elan vital", "élan", "[Elan] vital"],
  ["aXbXc", "x", "a[X]b[X]c"],
  ["An eﬃcient plan", "efficient", "An [eﬃcient] plan"],
  ["👩‍🚀 goes up", "goes", "👩‍🚀 [goes] up"],
  ["one two", "  one   two ", "[one two]"],
  ["nothing", "else", "nothing"],
  ["nothing", "", "nothing"],
  ["", "x", ""],
])("in %j, %j is marked: %s", (text, wanted, result) => {
  expect(marked(text, wanted)).toBe(result);
});

test("a snippet begins shortly before its hit, at a word", () => {
  const long = "a very long beginning that nobody needs to read before the wanted word and on";
  const pieces = excerpt(long, "wanted");
  expect(pieces.map(({ text }) => text).join("")).toBe("… needs to read before the wanted word and on");
  expect(excerpt("the wanted word", "wanted")[0]?.text).toBe("the ");
  expect(excerpt(long, "absent")).toEqual([{ text: long, hit: false }]);
});
