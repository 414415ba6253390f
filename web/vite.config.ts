import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  base: "/",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    proxy: { "/api": process.env.QUARTET_URL ?? "http://127.0.0.1:8000" },
  },
  build: {
    outDir: "../src/quartet/web/dist",
    emptyOutDir: true,
    // scripts/size.mjs reads it to tell what the chat page needs.
    manifest: true,
    // The content security policy allows data: for images only.
    assetsInlineLimit: 0,
    target: "es2023",
    rolldownOptions: {
      output: {
        // What pages share would be a file each, most of some hundred bytes, and a first visit waits for every request:
        // together they are 38 requests instead of 61, and the field is there after 0.75 s instead of 1.05.
        codeSplitting: {
          groups: [
            { name: "icons", test: /@tabler.icons-react/, minShareCount: 2 },
            { name: "hooks", test: /@mantine.hooks/, minShareCount: 2 },
            {
              name: "fields",
              test: /@mantine.core.esm.components.(Check|Close|Group|Input|Loader|Popover|Portal|Skeleton|Text)/,
              minShareCount: 2,
            },
            { name: "api", test: /web.src.(api|lib)\b/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    // The icons are one file each: left to Node, the first test of a file waits for thousands of them.
    deps: { optimizer: { client: { enabled: true, include: ["@tabler/icons-react"] } } },
    testTimeout: 30_000,
  },
});
