import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import Rendered from "@/components/markdown/rendered";

function show(text: string) {
  return render(
    <MantineProvider>
      <Rendered text={text} />
    </MantineProvider>,
  ).container;
}

test("links open elsewhere and tell nothing of us", () => {
  show("[site](https://example.com)");
  const link = screen.getByRole("link", { name: "site" });
  expect(link).toHaveAttribute("rel", "noopener noreferrer");
  expect(link).toHaveAttribute("target", "_blank");
});

test("a remote image is named and linked, not loaded", () => {
  const page = show("![chart](https://example.com/x.png?secret=1)");
  expect(page.querySelector("img")).toBeNull();
  expect(screen.getByRole("link", { name: "Image: chart" })).toHaveAttribute(
    "href",
    "https://example.com/x.png?secret=1",
  );
});

test("raw HTML stays text", () => {
  const page = show('<img src="x" onerror="alert(1)"><script>alert(1)</script>\n\n<b>bold</b>');
  expect(page.querySelector("img, script, b")).toBeNull();
});

test.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x"])("%s is no address", (address) => {
  show(`[click](${address})`);
  const href = screen.getByText("click").closest("a")?.getAttribute("href") ?? "";
  expect(href).toBe("");
});

test("code keeps its language and can be copied", () => {
  show("```ts\nconst a = 1;\n```");
  expect(screen.getByText("ts")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Copy code" })).toBeInTheDocument();
});

test("tables of GitHub's kind are tables", () => {
  show("| a | b |\n| - | - |\n| 1 | 2 |");
  expect(screen.getByRole("table")).toBeInTheDocument();
});
