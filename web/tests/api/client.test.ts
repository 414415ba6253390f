import { afterEach, expect, test, vi } from "vitest";
import { isRefusal, onSignedOut, request } from "@/api/client";
import { refusal } from "../app";

afterEach(() => vi.unstubAllGlobals());

/** What a request throws that the server refuses, and whether it means that nobody is signed in any more. */
async function refused(path: string, response: Response) {
  Object.defineProperty(response, "url", { value: `https://quartet.example${path}` });
  vi.stubGlobal("fetch", async () => response);
  const signedOut = vi.fn();
  onSignedOut(signedOut);
  const error: unknown = await request(path).catch((problem: unknown) => problem);
  if (!isRefusal(error)) throw new Error("it was not refused");
  return { error, isOut: signedOut.mock.calls.length > 0 };
}

test("a session that is over is heard", async () => {
  const { isOut } = await refused("/api/history", refusal(401, "unauthorized:chat", "Sign in first."));
  expect(isOut).toBe(true);
});

test.each([
  ["/api/auth/login", "unauthorized:auth"],
  ["/api/auth/login", "unauthorized:second_factor"],
  ["/api/auth/second-factor", "unauthorized:second_factor"],
  ["/api/auth/second-factor", "unauthorized:auth"],
])("a 401 of %s, %s, is no session that is over", async (path, code) => {
  const answer = refusal(401, code, "No.", undefined, { challenge: "c1" });
  const { error, isOut } = await refused(path, answer);
  expect(isOut).toBe(false);
  expect(error.challenge).toBe("c1");
});

test.each([
  [
    "You are asking faster than this server allows. Wait a moment.",
    41,
    /^You are asking .+ allows\. Try again in 41 seconds\.$/,
  ],
  ["Too many", 5, /^Too many\. Try again in 5 seconds\.$/],
  ["That was too often. Wait a while.", 3000, /^That was too often\. Try again at \d.+\.$/],
  ["That was too often. Wait a while.", undefined, /^That was too often\. Wait a while\.$/],
])("who is told %s may know when to try again", async (detail, retryAfter, told) => {
  const { error } = await refused(
    "/api/chat",
    refusal(429, "rate_limit:chat", detail, undefined, { retryAfter }),
  );
  expect(error.message).toMatch(told);
});
