import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { broken, ME, open, refusal } from "./app";
import { aComponent, aPreset } from "./make";

const world = {
  user: ME,
  components: [
    aComponent({ id: "tutor", type: "role", name: "Tutor", tags: ["school"] }),
    aComponent({ id: "brief", type: "style", name: "Brief", usageCount: 3 }),
  ],
  presets: [aPreset("lessons", { role: "tutor", style: "brief" }, { name: "Lessons" })],
  chats: [
    { id: "c1", title: "Ablatives", createdAt: new Date().toISOString(), userId: "u", visibility: "private" },
  ],
  messages: {
    c1: [
      { id: "m1", role: "user", parts: [{ type: "text", text: "What is it?" }], metadata: {} },
      {
        id: "m2",
        role: "assistant",
        parts: [
          {
            type: "data-prompt",
            data: {
              presetId: "lessons",
              presetName: "Lessons",
              components: [{ id: "tutor", type: "role", name: "Tutor", version: 2 }],
              tokens: 12,
            },
          },
          { type: "text", text: "A *case*." },
          { type: "data-outcome", data: { outcome: "stopped" } },
        ],
        metadata: {},
      },
    ],
  },
};

test("sign in: signed out leads there, and back to where one was going", async () => {
  const { container, router } = open("/library/role", { user: null });
  await screen.findByRole("heading", { name: "Sign in" });
  expect(router.state.location.search).toEqual({ next: "/library/role" });
  expect(screen.getByRole("link", { name: "Continue as guest" })).toHaveAttribute(
    "href",
    "/api/auth/guest?redirectUrl=%2Flibrary%2Frole",
  );
  expect(await broken(container)).toEqual([]);
});

test.each(["//evil.example", "/\\evil.example", "https://evil.example"])(
  "sign in never leads to %s",
  async (next) => {
    open(`/sign-in?next=${encodeURIComponent(next)}`, { user: null });
    expect(await screen.findByRole("link", { name: "Continue as guest" })).toHaveAttribute(
      "href",
      "/api/auth/guest?redirectUrl=%2F",
    );
  },
);

test("register: what is wrong stands beside its field", async () => {
  const user = userEvent.setup();
  open("/register", {
    user: null,
    answer: ({ path }) =>
      path === "/api/auth/register"
        ? refusal(409, "conflict:auth", "There is an account already.")
        : undefined,
  });
  const email = await screen.findByLabelText("E-mail");
  await user.type(email, "me@example.com");
  await user.type(screen.getByLabelText("Password"), "short");
  await user.click(screen.getByRole("button", { name: "Create account" }));
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(/At least 8/);
  await user.type(screen.getByLabelText("Password"), "er-than-that");
  await user.click(screen.getByRole("button", { name: "Create account" }));
  expect(await screen.findByText("There is an account already.")).toBeInTheDocument();
  expect(email).toBeInvalid();
});

test("an empty chat offers presets", async () => {
  const { container } = open("/", world);
  expect(await screen.findByRole("button", { name: /Lessons/, pressed: false })).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
});

test("an empty chat without presets teaches the slots", async () => {
  open("/", { user: ME });
  expect(await screen.findByText("Who answers: a tutor, a reviewer, a travel agent.")).toBeInTheDocument();
});

test("a kept chat shows answers, their receipts and outcomes", async () => {
  const { container } = open("/chat/c1", world);
  expect(await screen.findByText("Tutor v2")).toBeInTheDocument();
  expect(screen.getByText(/You stopped this answer/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Try again" })).toBeInTheDocument();
  expect(await screen.findByText("case")).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
});

test("the library has every type, and its editor", async () => {
  const { container } = open("/library?edit=tutor", world);
  expect(await screen.findByRole("heading", { name: "Modes" })).toBeInTheDocument();
  expect(await screen.findByDisplayValue("You are tutor.")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Lessons" })).toHaveAttribute("href", "/presets/lessons");
  expect(await broken(container)).toEqual([]);
  expect(await broken(document.body)).toEqual([]);
});

test("what does not load says so and can be asked for again", async () => {
  const user = userEvent.setup();
  let broke = true;
  open("/presets", {
    ...world,
    answer: ({ path }) =>
      broke && path === "/api/presets" ? refusal(400, "bad_request:api", "The server is unwell.") : undefined,
  });
  expect(await screen.findByText("The server is unwell.")).toBeInTheDocument();
  broke = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Lessons")).toBeInTheDocument();
});

test.each([
  ["trash", "Trash"],
  ["export", "Import and export"],
])("the palette leads to %s", async (typed, page) => {
  const user = userEvent.setup();
  open("/plan", { user: ME });
  await user.click(await screen.findByRole("button", { name: /Go to/ }));
  await user.type(await screen.findByRole("textbox", { name: "Go to a chat, a preset, a page" }), typed);
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: page })).toBeInTheDocument();
});
