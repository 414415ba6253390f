import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { type Asked, broken, json, ME, open, refusal } from "../../app";

const page = (items: object[], nextCursor: string | null = null) => json({ items, nextCursor });
const WHEN = "2026-03-01T10:00:00Z";

function visit(part: string, answer: (asked: Asked) => Response | undefined = () => undefined) {
  const user = userEvent.setup();
  return { user, ...open(`/account${part}`, { user: ME, answer }) };
}

afterEach(() => vi.restoreAllMocks());

test("every part has an address and a title", async () => {
  const { user } = visit("");
  await screen.findByRole("button", { name: "Change password" });
  expect(document.title).toBe("Account · Quartet");
  const nav = screen.getByRole("navigation", { name: "Account" });
  for (const name of ["Sessions", "API keys", "Activity", "Your data"]) {
    await user.click(within(nav).getByRole("link", { name }));
    await expect.poll(() => document.title).toBe(`${name} · Account · Quartet`);
    expect(within(nav).getByRole("link", { name })).toHaveAttribute("aria-current", "page");
  }
});

test("a wrong present password stands beside its field", async () => {
  const { user, container } = visit("", ({ path }) =>
    path === "/api/account/password"
      ? refusal(403, "forbidden:password", "The password is wrong.")
      : undefined,
  );
  await user.click(await screen.findByRole("button", { name: "Change password" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Present password"), "not this one");
  await user.type(within(dialog).getByLabelText("New password"), "a new long one");
  await user.click(within(dialog).getByRole("button", { name: "Change password" }));
  await expect
    .poll(() => within(dialog).getByLabelText("Present password"))
    .toHaveAccessibleDescription("The password is wrong.");
  expect(await broken(container.ownerDocument.body)).toEqual([]);
});

test("whoever has no password and signed in long ago is led to sign in again", async () => {
  const { user } = visit("/data", ({ path, method }) => {
    if (path === "/api/auth/providers") return page([{ id: "github", name: "GitHub" }]);
    if (path === "/api/account/identities") {
      return page([{ id: "i", provider: "github", email: null, createdAt: WHEN, lastUsedAt: WHEN }]);
    }
    if (path !== "/api/account") return undefined;
    return method === "DELETE"
      ? refusal(403, "forbidden:stale_session", "Sign in again first.")
      : json({ ...ME, hasPassword: false });
  });
  await user.click(await screen.findByRole("button", { name: "Delete account" }));
  const field = await screen.findByLabelText(`Type ${ME.email} to confirm`);
  await user.type(field, "someone@example.com");
  await user.click(screen.getByRole("button", { name: "Delete for good" }));
  expect(field).toHaveAccessibleDescription("This is not the address of this account.");
  await user.clear(field);
  await user.type(field, ME.email);
  await user.click(screen.getByRole("button", { name: "Delete for good" }));
  expect(await screen.findByRole("link", { name: "Sign in again with GitHub" })).toHaveAttribute(
    "href",
    "/api/auth/oauth/github?redirectUrl=%2Faccount%2Fdata",
  );
});

test("a plan that renews holds the deletion up, and the way out is there", async () => {
  const { user } = visit("/data", ({ path, method }) =>
    path === "/api/account" && method === "DELETE"
      ? refusal(409, "conflict:billing", "Your plan renews by itself. Cancel it on the Plan page first.")
      : undefined,
  );
  await user.click(await screen.findByRole("button", { name: "Delete account" }));
  await user.type(await screen.findByLabelText("Your password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Delete for good" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Your plan renews by itself");
  expect(screen.getByRole("link", { name: "Go to the Plan page" })).toHaveAttribute("href", "/plan");
});

test("a new key is shown once, and no slip closes it", async () => {
  const item = { id: "k", name: "CI", hint: "qk_abcd…wxyz", scopes: ["read"], createdAt: WHEN };
  const { user, asked } = visit("/keys", ({ path, method }) =>
    path === "/api/account/keys" && method === "POST"
      ? json({ key: "qk_secret", item: { ...item, expiresAt: null, lastUsedAt: null } }, 201)
      : undefined,
  );
  await user.click(await screen.findByRole("button", { name: "New key" }));
  await user.type(await screen.findByLabelText("Name"), "CI");
  await user.click(screen.getByRole("checkbox", { name: "Chat" }));
  await user.selectOptions(screen.getByLabelText("It ends after"), "It does not end");
  await user.click(screen.getByRole("button", { name: "Make the key" }));
  expect(await screen.findByLabelText("The key")).toHaveValue("qk_secret");
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    name: "CI",
    scopes: ["read"],
    expiresInDays: null,
  });
  await user.keyboard("{Escape}");
  expect(screen.getByLabelText("The key")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "I have kept it" }));
  await expect.poll(() => screen.queryByLabelText("The key")).toBeNull();
  expect(document.body.textContent).not.toContain("qk_secret");
});

test("the activity says what happened and from where, page by page", async () => {
  const entry = { id: "1", at: WHEN, address: "203.0.113.7", userAgent: "curl/8", keyId: null, details: {} };
  const { user } = visit("/activity", ({ path, query }) => {
    if (path === "/api/account/keys") return page([{ id: "k", name: "CI", scopes: [] }]);
    if (path !== "/api/account/audit") return undefined;
    return query.get("cursor")
      ? page([
          {
            ...entry,
            id: "2",
            action: "plan.changed",
            address: null,
            userAgent: null,
            details: { plan: "pro" },
          },
        ])
      : page(
          [
            { ...entry, action: "session.failed" },
            { ...entry, id: "3", action: "chat.deleted", keyId: "k" },
          ],
          "c",
        );
  });
  const rows = async () => (await screen.findAllByRole("listitem")).map((row) => row.textContent);
  expect(await screen.findByText(/Wrong password when signing in/)).toBeInTheDocument();
  await expect
    .poll(rows)
    .toContainEqual(expect.stringMatching(/Deleted a chat.*API key “CI” · 203\.0\.113\.7/));
  await user.click(screen.getByRole("button", { name: "Show more" }));
  await expect.poll(rows).toContainEqual(expect.stringMatching(/changed to Pro.*by the server$/));
});

test("what does not load says so and can be asked for again", async () => {
  let works = false;
  const { user } = visit("/sessions", ({ path }) =>
    path === "/api/account/sessions" && !works ? refusal(409, "conflict:api", "Not just now.") : undefined,
  );
  expect(await screen.findByText("Your sessions did not load")).toBeInTheDocument();
  works = true;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await expect.poll(() => screen.queryByText("Your sessions did not load")).toBeNull();
});

test("a guest is offered an account, and no keys", async () => {
  open("/account/keys", { user: { ...ME, isGuest: true } });
  expect(await screen.findByText("API keys need an account")).toBeInTheDocument();
});
