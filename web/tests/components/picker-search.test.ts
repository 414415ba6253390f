import { expect, test } from "vitest";
import { matches } from "@/components/picker-search";

const options = [
  { label: "Code reviewer", detail: "Reads patches" },
  { label: "Résumé writer", detail: "Applications" },
  { label: "Reviewer of code", detail: "" },
  { label: "Tutor", detail: "Reviews homework" },
];
const found = (search: string) => matches(options, search).map((option) => option.label);

test("nothing asked is everything, in its own order", () => {
  expect(found("  ")).toEqual(options.map((option) => option.label));
});

test("a name that starts so comes before one that has it, then the detail", () => {
  expect(found("review")).toEqual(["Reviewer of code", "Code reviewer", "Tutor"]);
});

test("case and accents do not matter", () => {
  expect(found("RESUME")).toEqual(["Résumé writer"]);
});
