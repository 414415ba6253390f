import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ACTIONS_TOLD, told } from "@/features/accounts/audit-words";
import { deviceOf } from "@/features/accounts/devices";
import { linkTroubleOf, troubleOf } from "@/features/accounts/entry-troubles";
import { newPasswordTrouble } from "@/features/accounts/password-rules";

const SERVER = resolve(import.meta.dirname, "../../../../src/quartet/accounts");
const literals = (file: string, name: string): string[] => {
  const [, listed = ""] =
    new RegExp(`${name} = Literal\\[([^\\]]+)\\]`).exec(readFileSync(`${SERVER}/${file}`, "utf8")) ?? [];
  return [...listed.matchAll(/"([^"]+)"/g)].map(([, value = ""]) => value);
};
const names = (id: string) => (id === "github" ? "GitHub" : id);

describe("the activity", () => {
  test("has a sentence for every action that the server writes down, and for no other", () => {
    expect([...ACTIONS_TOLD].sort()).toEqual(literals("audit.py", "Action").sort());
    expect(ACTIONS_TOLD.length).toBeGreaterThan(20);
  });

  test.each([
    [
      "session.started",
      { how: "password and recovery code" },
      "Signed in with the password and a recovery code",
    ],
    ["session.started", { how: "github" }, "Signed in with GitHub"],
    ["sessions.ended", { count: 1 }, "Signed out everywhere else (1 browser)"],
    ["password.changed", { sessionsEnded: 0 }, "Changed the password"],
    ["password.changed", { sessionsEnded: 2 }, "Changed the password; 2 other browsers signed out"],
    ["identity.linked", { provider: "github", email: "a@b.c" }, "Linked GitHub (a@b.c) as a way to sign in"],
    ["key.made", { name: "CI", scopes: "chat read" }, "Made the API key “CI”: chat, read"],
    ["plan.changed", { plan: "pro", before: "free" }, "The plan changed from Free to Pro"],
    ["component.deleted", { name: "Short" }, "Deleted the part “Short”"],
    ["library.exported", { format: "skills" }, "Exported the library as SKILL.md files"],
    ["something.new", {}, "Something new"],
  ])("tells %s %o", (action, details, sentence) => {
    expect(told({ action, details }, names)).toBe(sentence);
  });

  test.each(ACTIONS_TOLD)("tells %s without details too", (action) => {
    expect(told({ action, details: {} }, names)).not.toMatch(/undefined|NaN|“”|\(\)/);
  });
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18.0 Safari/605.1.15", "Safari on Mac"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
    "Safari on iPhone",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["curl/8.9.1", "curl"],
  ["", "An unknown browser"],
  [null, "An unknown browser"],
])("%s is %s", (agent, device) => {
  expect(deviceOf(agent)).toBe(device);
});

test("every trouble of a sign-in with a provider is told, for a link too", () => {
  const troubles = literals("oauth_routes.py", "Trouble");
  expect(troubles).toContain("email_taken");
  for (const trouble of troubles) {
    expect(troubleOf(trouble)).not.toBe(troubleOf("never heard of"));
    expect(linkTroubleOf(trouble)).not.toBe(linkTroubleOf("never heard of"));
  }
  expect(troubleOf(undefined)).toBeNull();
});

test.each([
  ["", /Enter/],
  ["seven77", /At least 8/],
  ["ééééééé", /At least 8/],
  ["é".repeat(37), /72 bytes/],
])("the password %s is refused", (password, why) => {
  expect(newPasswordTrouble(password)).toMatch(why);
});

test.each(["eight888", "é".repeat(36)])("the password %s is taken", (password) => {
  expect(newPasswordTrouble(password)).toBeNull();
});
