import { expect, test } from "vitest";
import { qrCode } from "@/lib/qr";
import known from "./qr-codes.json";

// Drawn by another program: qrcode of PyPI, with the same mask.
test.each(known)("a code of $text.length characters is the one that others draw", ({ text, rows }) => {
  const drawn = qrCode(text)?.map((row) => row.map((isDark) => (isDark ? "1" : "0")).join(""));
  expect(drawn).toEqual(rows);
});

test("a text that fits no code is refused", () => {
  expect(qrCode("x".repeat(2331))).toHaveLength(177);
  expect(qrCode("x".repeat(2332))).toBeNull();
});
