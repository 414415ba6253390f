import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { PromptOfAnswer } from "@/api/chats";
import { STEP } from "@/features/chats/use-window";
import { type Asked, broken, json, ME, open, refusal, stream } from "../../app";
import { aComponent } from "../../make";
import { answer, begin, CHAT, chat, finish, type Kept, question, receipt, serve } from "./conversation";

const components = [
  aComponent({ id: "brief", type: "style", name: "Brief" }),
  aComponent({ id: "formal", type: "style", name: "Formal" }),
];
const two = (): Kept => ({
  chat: chat({
    totalTokens: 200,
    prompt: {
      presetId: null,
      presetName: "Custom",
      components: { styleId: "formal" },
      changedComponents: [],
    },
  }),
  messages: [
    question("q1", "Plan it"),
    answer("a1", "Done."),
    question("q2", "And then?"),
    answer("a2", "Then this.", receipt("Formal")),
  ],
});
const show = (kept: Kept, more?: (asked: Asked) => Response | undefined) =>
  open(`/chat/${CHAT}`, { user: ME, components, answer: serve(kept, more) });
const of = (asked: Asked[], method: string, path: string) =>
  asked.filter((one) => one.method === method && one.path === path);

test("a switch is marked where it happened, and one to come at the end", async () => {
  const user = userEvent.setup();
  const { container } = show(two());
  const [marker] = await screen.findAllByRole("note");
  expect(marker).toHaveTextContent("Style: Brief → Formal");
  expect(screen.getAllByRole("note")).toHaveLength(1);
  expect(marker?.compareDocumentPosition(screen.getByText("Then this."))).toBe(
    Node.DOCUMENT_POSITION_FOLLOWING,
  );
  await user.click(screen.getByRole("button", { name: "Style: Formal" }));
  await user.click(await screen.findByRole("option", { name: /Brief/ }));
  expect(await screen.findByText("From the next answer on:")).toBeInTheDocument();
  expect(screen.getAllByRole("note")[1]).toHaveTextContent("Style: Formal → Brief");
  expect(await broken(container)).toEqual([]);
});

test("a vote shows at once, can be changed, and is taken back when the server refuses", async () => {
  const user = userEvent.setup();
  let down = false;
  const { asked } = show(two(), ({ method, path }) => {
    if (method !== "PATCH" || path !== "/api/vote") return undefined;
    return down ? refusal(403, "forbidden:vote", "Not yours.") : new Response("Message voted");
  });
  const last = () => {
    const [, foot] = screen.getAllByRole("article", { name: "Answer" });
    if (!foot) throw new Error("there is no second answer");
    return within(foot);
  };
  await screen.findByText("Then this.");
  const good = await waitFor(() => last().getByRole("button", { name: "Good answer", pressed: false }));
  await user.click(good);
  expect(last().getByRole("button", { name: "Good answer", pressed: true })).toBeInTheDocument();
  expect(of(asked, "PATCH", "/api/vote")[0]?.body).toEqual({ chatId: CHAT, messageId: "a2", type: "up" });
  await user.click(last().getByRole("button", { name: "Good answer" }));
  expect(of(asked, "PATCH", "/api/vote")).toHaveLength(1);
  down = true;
  await user.click(last().getByRole("button", { name: "Bad answer" }));
  expect(await screen.findByText("Your vote was not kept. Not yours.")).toBeInTheDocument();
  expect(last().getByRole("button", { name: "Good answer", pressed: true })).toBeInTheDocument();
});

test("an edited question takes the place of the old one and of all after it", async () => {
  const user = userEvent.setup();
  const { asked } = show(two(), ({ method, path }) => {
    if (method === "DELETE" && path === "/api/messages/q1/trailing") return json({ deletedCount: 4 });
    if (method === "POST" && path === "/api/chat") return stream(...begin("a3", "Better."), ...finish());
    return undefined;
  });
  await user.click((await screen.findAllByRole("button", { name: "Edit the question" }))[0] as HTMLElement);
  const editor = screen.getByLabelText("Your question, changed");
  expect(editor).toHaveFocus();
  expect(screen.getByText("Sending removes the 3 messages below.")).toBeInTheDocument();
  await user.type(editor, " well{Enter}");
  expect(await screen.findByText("Better.")).toBeInTheDocument();
  expect(screen.getByText("Plan it well")).toBeInTheDocument();
  for (const gone of ["Plan it", "Done.", "And then?", "Then this."]) {
    expect(screen.queryByText(gone)).not.toBeInTheDocument();
  }
  const posted = of(asked, "POST", "/api/chat")[0]?.body as { message: { id: string; parts: object[] } };
  expect(posted.message.parts).toEqual([{ type: "text", text: "Plan it well" }]);
  expect(posted.message.id).not.toBe("q1");
});

test("Escape leaves a question as it was; a refusal keeps what was typed", async () => {
  const user = userEvent.setup();
  const { asked, container } = show(two(), ({ method, path }) =>
    method === "DELETE" && path === "/api/messages/q2/trailing"
      ? refusal(404, "not_found:message", "There is no such message.")
      : undefined,
  );
  const pencil = (await screen.findAllByRole("button", { name: "Edit the question" }))[1] as HTMLElement;
  await user.click(pencil);
  await user.type(screen.getByLabelText("Your question, changed"), " And why?");
  expect(await broken(container)).toEqual([]);
  await user.keyboard("{Escape}");
  expect(screen.getByText("And then?")).toBeInTheDocument();
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Edit the question" })[1]).toHaveFocus());
  await user.keyboard("{Enter}");
  await user.type(screen.getByLabelText("Your question, changed"), " And why not?{Enter}");
  expect(await screen.findByText("Not changed. There is no such message.")).toBeInTheDocument();
  expect(screen.getByLabelText("Your question, changed")).toHaveValue("And then? And why not?");
  expect(screen.getByText("Then this.")).toBeInTheDocument();
  expect(of(asked, "POST", "/api/chat")).toEqual([]);
});

const promptOf = (given: Partial<PromptOfAnswer> = {}): PromptOfAnswer => ({
  receipt: { ...receipt("Brief", 2), presetId: "gone", presetName: "Letters" },
  text: "# Style\n\nAnswer in sixty words.",
  previousText: "# Style\n\nAnswer in ninety words.",
  parts: [
    { id: "tutor", type: "role", name: "Tutor", version: 1, versionNow: null },
    { id: "brief", type: "style", name: "Brief", version: 2, versionNow: 5 },
  ],
  ...given,
});

test("a receipt opens the prompt to the letter, and says what became of its parts", async () => {
  const user = userEvent.setup();
  const kept = two();
  const { asked } = show(kept, ({ method, path }) => {
    if (path === "/api/messages/a2/prompt") return json(promptOf());
    if (method !== "PUT" || path !== `/api/chat/${CHAT}/prompt`) return undefined;
    const prompt = {
      presetId: null,
      presetName: "Custom",
      components: { styleId: "brief" },
      changedComponents: [],
    };
    kept.chat = { ...kept.chat, prompt };
    return json(prompt);
  });
  const lines = await screen.findAllByRole("button", { name: /Which prompt said this\?/ });
  await user.click(lines[1] as HTMLElement);
  const panel = await screen.findByRole("dialog", { name: "Which prompt said this?" });
  expect(await within(panel).findByText(/Answer in sixty words\./)).toBeInTheDocument();
  expect(within(panel).getByText("deleted since")).toBeInTheDocument();
  expect(within(panel).getByText("now version 5")).toBeInTheDocument();
  expect(within(panel).getByRole("link", { name: "Brief" })).toBeInTheDocument();
  expect(within(panel).queryByRole("link", { name: "Tutor" })).not.toBeInTheDocument();
  expect(within(panel).getByText(/price of this model is not known|costs nothing/)).toBeInTheDocument();
  await user.click(within(panel).getByRole("button", { name: "Changes since the answer before" }));
  await waitFor(() => expect(panel.querySelector("del")).toHaveTextContent("ninety"));
  expect(panel.querySelector("ins")).toHaveTextContent("sixty");
  expect(await broken(panel)).toEqual([]);
  // The preset is gone: what is left is used without it.
  await user.click(await within(panel).findByRole("button", { name: "Use the rest again" }));
  await waitFor(() => expect(of(asked, "PUT", `/api/chat/${CHAT}/prompt`)).toHaveLength(1));
  expect(of(asked, "PUT", `/api/chat/${CHAT}/prompt`)[0]?.body).toEqual({
    presetId: null,
    components: { roleId: null, styleId: "brief", contextId: null, modeId: null },
  });
  expect(await screen.findByRole("button", { name: "Style: Brief" })).toBeInTheDocument();
});

test("a receipt of the same prompt as before, or of one that was not kept, says so", async () => {
  const user = userEvent.setup();
  let prompt = promptOf({ previousText: promptOf().text });
  show(two(), ({ path }) => (path.endsWith("/prompt") ? json(prompt) : undefined));
  const lines = await screen.findAllByRole("button", { name: /Which prompt said this\?/ });
  await user.click(lines[1] as HTMLElement);
  expect(await screen.findByText("The answer before was made with the same text.")).toBeInTheDocument();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  prompt = promptOf({ text: null, previousText: null });
  await user.click(lines[0] as HTMLElement);
  expect(await screen.findByText(/The text of this prompt was not kept/)).toBeInTheDocument();
});

test("thoughts are folded, with what they took where it is known", async () => {
  const kept = two();
  kept.messages[1] = {
    id: "a1",
    role: "assistant",
    parts: [
      { type: "reasoning", text: "It wants a plan." },
      { type: "text", text: "Done." },
      { type: "data-usage", data: { totalTokens: 100, reasoningTokens: 40 } },
    ],
  };
  show(kept);
  const summary = await screen.findByText("Thoughts");
  expect(summary).toHaveTextContent("Thoughts · 40 tokens");
  expect(summary.closest("details")).not.toHaveAttribute("open");
});

test("of a long transcript the end is on the page first", async () => {
  const kept = two();
  kept.messages = Array.from({ length: 200 }, (_, turn) => question(`q${turn}`, `Question ${turn}`));
  show(kept);
  expect(await screen.findByText("Question 199")).toBeInTheDocument();
  expect(screen.getAllByRole("article", { name: "You" })).toHaveLength(STEP);
  expect(screen.getByText("Earlier messages …")).toBeInTheDocument();
});

test("the header tells the tokens of all turns, and a cost only where it is whole", async () => {
  const kept = two();
  const priced = (id: string, totalUSD: number) => ({
    ...answer(id, "Done."),
    parts: [
      {
        type: "data-usage" as const,
        data: { totalTokens: 100, costUSD: { inputUSD: 0, outputUSD: totalUSD, totalUSD } },
      },
    ],
  });
  kept.messages = [question("q1", "Plan it"), priced("a1", 0.25), question("q2", "On"), priced("a2", 0.5)];
  show(kept);
  expect(await screen.findByText("200 tokens · $0.75")).toBeInTheDocument();
});

test("the chat can be taken along, renamed and deleted from its menu", async () => {
  const user = userEvent.setup();
  const { asked, router } = show(two(), ({ method, path, body }) => {
    if (method === "PATCH" && path === `/api/chat/${CHAT}`) return json({ ...chat(), ...(body as object) });
    if (method === "DELETE" && path === "/api/chat") return json(chat());
    return undefined;
  });
  await user.click(await screen.findByRole("button", { name: "More for this chat" }));
  const markdown = await screen.findByRole("menuitem", { name: "Export as Markdown" });
  expect(markdown).toHaveAttribute("href", `/api/chat/${CHAT}/export?format=markdown`);
  expect(markdown).toHaveAttribute("download");
  await user.click(screen.getByRole("menuitem", { name: "Rename" }));
  const title = await screen.findByLabelText("Title");
  await user.clear(title);
  await user.type(title, "Launch{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Launch" })).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "More for this chat" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
  const sure = await screen.findByRole("dialog", { name: "Delete this chat?" });
  expect(of(asked, "DELETE", "/api/chat")).toEqual([]);
  await user.click(within(sure).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(of(asked, "DELETE", "/api/chat")[0]?.query.get("id")).toBe(CHAT);
});
