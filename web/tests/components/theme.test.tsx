import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MantineProvider } from "@mantine/core";
import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { theme } from "@/components/theme";

const SRC = resolve(import.meta.dirname, "../../src");
const SHEET = "components/theme-variables.css";

/** Mantine's colours that we do not use: two thirds of its variables. */
const UNUSED = /\b(red|pink|grape|violet|indigo|blue|cyan|teal|green|lime|yellow|orange)\b/;

/** A rule in our standard form. */
function tidy({ selectorText, style }: CSSStyleRule): string[] {
  const declarations = [...style].flatMap((name) => {
    const line = `  ${name}: ${style.getPropertyValue(name)};`;
    return UNUSED.test(line) ? [] : line;
  });
  return [`${selectorText.replaceAll(/,\s*/g, ",\n")} {`, ...declarations, "}"];
}

test("the sheet has the variables that Mantine would put on the page in a <style> element", async () => {
  const { container } = render(
    <MantineProvider theme={theme} deduplicateCssVariables={false} withGlobalClasses={false} />,
  );
  const rules = [...(container.querySelector("style")?.sheet?.cssRules ?? [])] as CSSStyleRule[];
  // The scheme's name comes once more, in rules of its own.
  const lines = rules.filter(({ style }) => style.length > 1).flatMap(tidy);
  expect(lines.length).toBeGreaterThan(200);
  // `npx vitest run tests/components/theme.test.tsx -u` writes it anew after a change of the theme.
  const head = "/* biome-ignore-all format: written by tests/components/theme.test.tsx */";
  await expect(`${[head, ...lines].join("\n")}\n`).toMatchFileSnapshot(join(SRC, SHEET));
});

test("nothing uses a colour that the sheet leaves out", () => {
  const named = new RegExp(`\\b(?:color|c|bg)="${UNUSED.source}[".]|--mantine-color-${UNUSED.source}-`);
  const mantine = readFileSync(join(SRC, "components/styles.ts"), "utf8").matchAll(/"(@mantine[^"]+)"/g);
  const files = [
    ...readdirSync(SRC, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(tsx?|css)$/.test(name) && name !== SHEET)
      .map((name) => join(SRC, name)),
    ...[...mantine].map(([, name = ""]) => join(SRC, "../node_modules", name)),
  ];
  expect(files.filter((file) => named.test(readFileSync(file, "utf8")))).toEqual([]);
});
