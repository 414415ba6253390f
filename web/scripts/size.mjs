// What a browser must load before the chat page can be typed in, gzip; fails over the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 300_000;
const DIST = new URL("../../src/quartet/web/dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

const needed = new Set();
const styles = new Set();
function need(key) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`not in the manifest: ${key}`);
  if (needed.has(chunk.file)) return;
  needed.add(chunk.file);
  for (const file of chunk.css ?? []) styles.add(file);
  for (const dependency of chunk.imports ?? []) need(dependency);
}
need("index.html");
need("src/routes/chat.tsx");
need("src/routes/signed-in.tsx");

const gzip = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;
const sum = (files) => [...files].reduce((total, file) => total + gzip(file), 0);
const js = sum(needed);
const css = sum(styles);

for (const file of [...needed, ...styles]) console.log(`${String(gzip(file)).padStart(8)}  ${file}`);
const scripts = new Set(
  Object.values(manifest)
    .map((chunk) => chunk.file)
    .filter((file) => file.endsWith(".js")),
);
console.log(
  `chat page: ${js} B JS + ${css} B CSS = ${js + css} B gzip (budget ${BUDGET}); all scripts ${sum(scripts)} B`,
);
if (js + css > BUDGET) {
  console.error("over budget");
  process.exit(1);
}
