import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, broken, json, ME, open, refusal, stream } from "../../app";
import { aComponent, aPreset } from "../../make";

const ID = "c0000000-0000-4000-8000-000000000000";
const [A, B] = ["a0000000-0000-4000-8000-000000000000", "b0000000-0000-4000-8000-000000000000"];

const receipt = (name: string) => ({
  type: "data-prompt",
  data: { presetId: name, presetName: name, components: [], tokens: 3 },
});
const said = (name: string, text: string) => [receipt(name), { type: "text", text }, USED];
const USED = { type: "data-usage", data: { inputTokens: 4, outputTokens: 2, totalTokens: 6 } };
const FAILED = { type: "data-outcome", data: { outcome: "failed", message: "The provider is unwell." } };

interface Chat {
  /** Null where nothing is compared (any more); of each answer its parts, null while it is written. */
  answers: { left: object[] | null; right: object[] | null } | null;
  messages: object[];
}

const QUESTION = { id: "q", role: "user", parts: [{ type: "text", text: "Which?" }], metadata: {} };

/** A server with one chat, whose answers are written for as long as the test does not say otherwise. */
function aServer(chat: Chat) {
  const side = (name: "left" | "right", messageId: string) => ({
    messageId,
    side: name,
    presetId: null,
    slots: { roleId: name },
    parts: chat.answers?.[name] ?? null,
  });
  const comparison = () =>
    chat.answers && {
      id: "k",
      chatId: ID,
      questionId: "q",
      pickedId: null,
      sides: [side("left", A), side("right", B)],
    };
  const heard = (text: string) =>
    stream(
      { type: "start", messageId: text },
      receipt(`Prompt of ${text}`),
      { type: "text-start", id: "1" },
      { type: "text-delta", id: "1", delta: text },
    );
  return ({ path, method, body, query }: Asked): Response | undefined => {
    if (path === "/api/comparisons") {
      const { message } = body as { message?: object };
      chat.answers = { left: null, right: null };
      chat.messages = message ? [{ metadata: {}, ...message }] : chat.messages;
      return json(comparison(), 201);
    }
    if (path === "/api/comparisons/k/pick") {
      const { messageId } = body as { messageId: string };
      const parts = messageId === A ? chat.answers?.left : chat.answers?.right;
      chat.messages.push({ id: messageId, role: "assistant", parts, metadata: {} });
      chat.answers = null;
      return json({});
    }
    if (path.endsWith("/stream")) {
      const asked = query.get("messageId");
      if (asked === A && !chat.answers?.left) return heard("Left so far");
      if (asked === B && !chat.answers?.right) return heard("Right so far");
      return new Response(null, { status: 204 });
    }
    if (path === "/api/messages") {
      return json({ messages: chat.messages, visibility: "private", userId: "u", isReadonly: false });
    }
    if (/^\/api\/chat\/[\w-]+$/.test(path) && method === "GET" && chat.messages.length > 0) {
      return json({
        id: ID,
        title: "Which?",
        createdAt: new Date().toISOString(),
        userId: "u",
        visibility: "private",
        currentPresetId: null,
        presetHistory: [],
        totalTokens: 0,
        provider: null,
        prompt: null,
        isRunning: chat.answers !== null && !(chat.answers.left && chat.answers.right),
        comparison: comparison(),
      });
    }
    return undefined;
  };
}

const world = {
  user: ME,
  components: [
    aComponent({ id: "tutor", type: "role", name: "Tutor" }),
    aComponent({ id: "brief", type: "style", name: "Brief" }),
  ],
  presets: [
    aPreset("lessons", { role: "tutor" }, { name: "Lessons" }),
    aPreset("short", { style: "brief" }, { name: "Short" }),
  ],
};
const field = () => screen.findByLabelText("Your message");
const answer = (name: "A" | "B") => screen.findByRole("article", { name: `Answer ${name}` });
const both = { left: said("One", "Left."), right: said("Two", "Right.") };

test("a question for two prompts: chosen, sent, heard side by side", async () => {
  const user = userEvent.setup();
  const chat: Chat = { answers: null, messages: [] };
  const { asked, router, container } = open("/", { ...world, answer: aServer(chat) });
  await user.click(await screen.findByRole("button", { name: /Lessons/, pressed: false }));
  await user.type(await field(), "/compare");
  await user.click(await screen.findByRole("option", { name: /Compare two prompts/ }));

  const b = await screen.findByRole("group", { name: "Prompt B" });
  expect(screen.getByText(/A and B are the same so far/)).toBeInTheDocument();
  await user.click(
    within(await screen.findByRole("listbox", { name: "Presets" })).getByRole("option", { name: /Short/ }),
  );
  expect(await within(b).findByRole("button", { name: "Style: Brief" })).toBeInTheDocument();
  expect(screen.queryByText(/A and B are the same/)).not.toBeInTheDocument();
  expect(await broken(container)).toEqual([]);

  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard("Which?{Enter}");
  expect(await within(await answer("A")).findByText("Left so far")).toBeInTheDocument();
  expect(await within(await answer("B")).findByText("Right so far")).toBeInTheDocument();
  expect(within(await answer("B")).getByText("Prompt of Right so far")).toBeInTheDocument();
  const sent = asked.find(({ path }) => path === "/api/comparisons");
  expect(sent?.body).toMatchObject({
    message: { role: "user", parts: [{ type: "text", text: "Which?" }] },
    selectedChatModel: "small",
    left: { presetId: "lessons", components: {} },
    right: { presetId: "short" },
  });
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/chat\//));
  expect(await field()).toHaveValue("");
  expect(asked.some(({ path, method }) => path === "/api/chat" && method === "POST")).toBe(false);
});

test("two that are the same are not sent", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", { ...world, answer: aServer({ answers: null, messages: [] }) });
  await user.click(await screen.findByRole("button", { name: "Attach, compare, shortcuts" }));
  await user.click(await screen.findByRole("menuitem", { name: /Compare two prompts/ }));
  await screen.findByRole("group", { name: "Prompt B" });
  await user.keyboard("{Escape}");
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard("Which?{Enter}");
  expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  expect(asked.some(({ path }) => path === "/api/comparisons")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Do not compare" }));
  expect(await screen.findByRole("button", { name: "Send" })).toBeEnabled();
});

test("a comparison that is refused leaves the question where it was, and says why", async () => {
  const user = userEvent.setup();
  const server = aServer({ answers: null, messages: [] });
  localStorage.setItem(
    "quartet:draft:new",
    JSON.stringify({ text: "Which?", versus: { presetId: "short", slots: { styleId: "brief" } } }),
  );
  open("/", {
    ...world,
    answer: (asked) =>
      asked.path === "/api/comparisons"
        ? refusal(402, "payment_required:chat", "Your tokens are used up.")
        : server(asked),
  });
  await screen.findByRole("button", { name: "Model: Small" });
  await user.click(await screen.findByRole("button", { name: "Send" }));
  expect(await screen.findByText("Not sent. Your tokens are used up.")).toBeInTheDocument();
  expect(await field()).toHaveValue("Which?");
  expect(screen.getByRole("group", { name: "Prompt B" })).toBeInTheDocument();
});

test("a page that is opened on two running answers hears both, and nothing else", async () => {
  const { asked } = open(`/chat/${ID}`, {
    ...world,
    answer: aServer({ answers: { left: null, right: null }, messages: [QUESTION] }),
  });
  expect(await within(await answer("A")).findByText("Left so far")).toBeInTheDocument();
  expect(await within(await answer("B")).findByText("Right so far")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "A is better" })).toBeDisabled();
  expect(screen.getByRole("button", { name: "Stop both answers" })).toBeInTheDocument();
  const heard = asked
    .filter(({ path }) => path.endsWith("/stream"))
    .map(({ query }) => query.get("messageId"));
  expect(new Set(heard)).toEqual(new Set([A, B]));
  expect(screen.queryByRole("article", { name: "Answer" })).not.toBeInTheDocument();
});

test("a line that breaks is taken up again, and the page says so meanwhile", async () => {
  const server = aServer({ answers: { left: null, right: null }, messages: [QUESTION] });
  let broken = true;
  open(`/chat/${ID}`, {
    ...world,
    answer: (one) => {
      const isBroken = broken && one.path.endsWith("/stream") && one.query.get("messageId") === A;
      return isBroken ? refusal(500, "offline:chat", "The server is unwell.") : server(one);
    },
  });
  expect(await within(await answer("A")).findByText("Connection lost. Reconnecting …")).toBeInTheDocument();
  expect(await within(await answer("B")).findByText("Right so far")).toBeInTheDocument();
  broken = false;
  expect(await within(await answer("A")).findByText("Left so far")).toBeInTheDocument();
  expect(screen.queryByText(/Connection lost/)).not.toBeInTheDocument();
});

test("the better answer is picked with a key, and becomes the chat's", async () => {
  const user = userEvent.setup();
  const { asked, container } = open(`/chat/${ID}`, {
    ...world,
    answer: aServer({ answers: { ...both }, messages: [QUESTION] }),
  });
  expect(await screen.findByText("Both answers are here: pick the better one.")).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
  await user.click(await field());
  await user.keyboard("Next{Enter}");
  expect(asked.some(({ path, method }) => path === "/api/chat" && method === "POST")).toBe(false);
  await user.keyboard("{Alt>}b{/Alt}");
  expect(await screen.findByText(/Answer B stays/)).toBeInTheDocument();
  expect(asked.find(({ path }) => path.endsWith("/pick"))?.body).toEqual({ messageId: B });
  expect(await within(await screen.findByRole("log")).findByText("Right.")).toBeInTheDocument();
  expect(screen.queryByText("Left.")).not.toBeInTheDocument();
  expect(await field()).toHaveValue("Next");
});

test("who has read enough of one ends the other", async () => {
  const user = userEvent.setup();
  const chat: Chat = { answers: { left: both.left, right: null }, messages: [QUESTION] };
  const server = aServer(chat);
  const { asked } = open(`/chat/${ID}`, {
    ...world,
    answer: (one) => {
      if (!one.path.endsWith("/stop")) return server(one);
      if (chat.answers) chat.answers.right = both.right;
      return new Response(null, { status: 204 });
    },
  });
  await within(await answer("A")).findByText("Left.");
  expect(await screen.findByRole("button", { name: "B is better" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "A is better" }));
  expect(await screen.findByText(/Answer A stays/)).toBeInTheDocument();
  const acts = asked.filter(({ method }) => method === "POST").map(({ path }) => path);
  expect(acts).toEqual([`/api/chat/${ID}/stop`, "/api/comparisons/k/pick"]);
});

test("an answer that failed says why beside the other, and cannot be picked", async () => {
  const answers = { left: both.left, right: [receipt("Two"), FAILED, USED] };
  open(`/chat/${ID}`, { ...world, answer: aServer({ answers, messages: [QUESTION] }) });
  expect(
    await within(await answer("B")).findByText(/This answer failed. The provider is unwell./),
  ).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "B is better" })).toBeDisabled();
  expect(screen.getByRole("button", { name: "A is better" })).toBeEnabled();
});

test("where both failed, the same question can be compared again", async () => {
  const user = userEvent.setup();
  const answers = { left: [receipt("One"), FAILED], right: [receipt("Two"), FAILED] };
  const { asked } = open(`/chat/${ID}`, { ...world, answer: aServer({ answers, messages: [QUESTION] }) });
  expect(await screen.findByText("There is no answer to pick.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Compare again" }));
  expect(await within(await answer("A")).findByText("Left so far")).toBeInTheDocument();
  const again = asked.find(({ path }) => path === "/api/comparisons")?.body;
  expect(again).toMatchObject({
    id: ID,
    left: { presetId: null, components: { roleId: "left" } },
    right: { presetId: null, components: { roleId: "right" } },
  });
  expect(again).not.toHaveProperty("message");
});

test("a pick that came too late is told, and the page takes what the chat has become", async () => {
  const user = userEvent.setup();
  const chat: Chat = { answers: { ...both }, messages: [QUESTION] };
  const server = aServer(chat);
  open(`/chat/${ID}`, {
    ...world,
    answer: (one) => {
      if (!one.path.endsWith("/pick")) return server(one);
      chat.answers = null;
      chat.messages = [QUESTION, { id: A, role: "assistant", parts: both.left, metadata: {} }];
      return refusal(409, "conflict:comparison", "It was decided.");
    },
  });
  await user.click(await screen.findByRole("button", { name: "B is better" }));
  expect(await within(await screen.findByRole("log")).findByText("Left.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "B is better" })).not.toBeInTheDocument();
});
