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
