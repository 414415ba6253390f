import { expect, test } from "vitest";
import { readSearch } from "@/features/chats/commands";

test.each([
  ["", { only: null, words: "", exact: null }],
  ["brief", { only: null, words: "brief", exact: null }],
  ["style", { only: null, words: "style", exact: "style" }],
  ["Styles", { only: null, words: "Styles", exact: "style" }],
  ["style ", { only: "style", words: "", exact: null }],
  ["style bri", { only: "style", words: "bri", exact: null }],
  ["presets  long name ", { only: "preset", words: "long name", exact: null }],
  ["style-guide", { only: null, words: "style-guide", exact: null }],
  ["stylesheet x", { only: null, words: "stylesheet x", exact: null }],
  ["compare", { only: null, words: "compare", exact: "compare" }],
  ["keys", { only: null, words: "keys", exact: "keys" }],
  ["compare a", { only: null, words: "compare a", exact: null }],
])("%j after the slash", (typed, wanted) => {
  expect(readSearch(typed)).toEqual(wanted);
});
