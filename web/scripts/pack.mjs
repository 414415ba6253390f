// Compresses what is served for ever once, as well as can be, in place of each time for each browser.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const ASSETS = new URL("../../src/quartet/web/dist/assets/", import.meta.url);
for (const name of readdirSync(ASSETS)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const packed = brotliCompressSync(readFileSync(new URL(name, ASSETS)));
  writeFileSync(new URL(`${name}.br`, ASSETS), packed);
}
