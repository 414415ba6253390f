import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const MAX_LINES = 300;

/** What each room may import from; a room may always import from itself. */
const MAY: Record<string, string[]> = {
  "main.tsx": ["routes", "components", "api", "lib"],
  routes: ["features", "components", "api", "lib"],
  features: ["components", "api", "lib"],
  components: ["api", "lib"],
  api: ["lib"],
  lib: [],
};

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(tsx?|css)$/.test(name),
);

function imports(name: string): string[] {
  const text = readFileSync(join(SRC, name), "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...found].flatMap(([, target = ""]) => {
    if (target.startsWith("@/")) return [target.slice(2)];
    return target.startsWith(".") ? [relative(SRC, resolve(SRC, dirname(name), target))] : [];
  });
}

const room = (path: string): string => path.split("/")[0] ?? "";
const feature = (path: string): string => path.split("/").slice(0, 2).join("/");

describe("the rooms of the web app", () => {
  test("there is something to check", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(imports("main.tsx")).toContain("routes/router");
  });

  test.each(files.filter((name) => !name.endsWith(".css")))("%s imports only what its room may", (name) => {
    const from = room(name);
    const wrong = imports(name).filter((target) => {
      if (room(target) !== from) return !(MAY[from] ?? []).includes(room(target));
      return from === "features" && feature(target) !== feature(name);
    });
    expect(wrong).toEqual([]);
  });

  test.each(files.filter((name) => name !== "api/schema.gen.ts"))("%s has at most 300 lines", (name) => {
    const lines = readFileSync(join(SRC, name), "utf8").split("\n").length - 1;
    expect(lines).toBeLessThanOrEqual(MAX_LINES);
  });

  test("nothing makes Mantine write a <style> element: the content security policy refuses them", () => {
    const writing = files.filter((name) =>
      /\b(visibleFrom|hiddenFrom)=|=\{\{ (base|xs|sm|md|lg|xl):|<(SimpleGrid|Grid|Flex|AppShell)\b/.test(
        readFileSync(join(SRC, name), "utf8"),
      ),
    );
    expect(writing).toEqual([]);
  });

  test("only api/ fetches", () => {
    const fetching = files.filter(
      (name) => room(name) !== "api" && /(?<![\w.])fetch\(/.test(readFileSync(join(SRC, name), "utf8")),
    );
    expect(fetching).toEqual([]);
  });
});
