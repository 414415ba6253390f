import { expect, test, vi } from "vitest";
import { newId } from "@/lib/ids";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a UUID where the browser makes them", () => {
  expect(newId()).toMatch(UUID4);
});

test("a UUID on plain http too, where it does not", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  try {
    expect(newId()).toMatch(UUID4);
    expect(newId()).not.toBe(newId());
  } finally {
    vi.unstubAllGlobals();
  }
});
