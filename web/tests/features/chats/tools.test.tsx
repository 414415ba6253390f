import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Document, Suggestion } from "@/api/documents";
import type { Message } from "@/features/chats/messages";
import { sourcesOf, toolOf } from "@/features/chats/tools";
import { type Asked, broken, json, ME, open, refusal } from "../../app";
import { CHAT, chat, type Kept, question, serve } from "./conversation";

const ID = "5f0c9f6e-3c1f-4d2b-9a51-0f6f4f5f7a10";

/** An answer as a Chat SDK keeps it. */
const theirs = (): Message => ({
  id: "a1",
  role: "assistant",
  parts: [
    { type: "step-start" },
    { type: "text", text: "Looking outside." },
    {
      type: "tool-getWeather",
      toolCallId: "1",
      state: "output-available",
      input: { latitude: 52.5 },
      output: { degrees: 7 },
    },
    {
      type: "tool-createDocument",
      toolCallId: "2",
      state: "output-available",
      input: { title: "The weather", kind: "text" },
      output: { id: ID, title: "The weather", kind: "text", content: "It was shown." },
    },
    { type: "tool-getWeather", toolCallId: "3", state: "output-error", input: {}, errorText: "No line." },
    { type: "source-url", sourceId: "1", url: "https://example.com/w", title: "Almanac" },
    { type: "source-url", sourceId: "2", url: "javascript:alert(1)", title: "Trap" },
    { type: "text", text: "It is 7 degrees." },
  ],
});

const version = (content: string | null, createdAt: string, kind = "text"): Document => ({
  id: ID,
  createdAt,
  title: "The weather",
  content,
  kind,
  userId: "u",
});

const documents = [
  version("It rains.", "2026-01-02T03:04:05Z"),
  version("It **snows**.", "2026-01-02T03:05:06Z"),
];

const suggestion: Suggestion = {
  id: "s1",
  documentId: ID,
  documentCreatedAt: "2026-01-02T03:05:06Z",
  originalText: "snows",
  suggestedText: "is snowing",
  description: "More vivid.",
  isResolved: false,
  userId: "u",
  createdAt: "2026-01-02T03:06:07Z",
};

const kept = (given: Partial<Kept> = {}): Kept => ({
  chat: chat(),
  messages: [question("q1", "How is the weather?"), theirs()],
  ...given,
});

const documentsOf = ({ path }: Asked) =>
  path === "/api/document" ? json(documents) : path === "/api/suggestions" ? json([suggestion]) : undefined;

test("what a tool did is one line, with the rest folded under it", async () => {
  const user = userEvent.setup();
  const { container } = open(`/chat/${CHAT}`, { user: ME, answer: serve(kept()) });
  const line = await screen.findByText("Used: getWeather");
  expect(line.closest("details")).not.toHaveAttribute("open");
  await user.click(line);
  expect(line.closest("details")).toHaveTextContent('"degrees": 7');
  expect(screen.getByText("Failed: getWeather")).toBeInTheDocument();
  const said = screen.getByRole("article", { name: "Answer" });
  expect(said.textContent).toMatch(/Looking outside\..*Used: getWeather.*It is 7 degrees\./s);
  expect(await broken(container)).toEqual([]);
});

test("a document is read in all its versions, with what was suggested", async () => {
  const user = userEvent.setup();
  const { asked } = open(`/chat/${CHAT}`, { user: ME, answer: serve(kept(), documentsOf) });
  await user.click(await screen.findByRole("button", { name: "Read “The weather”" }));
  const drawer = within(await screen.findByRole("dialog", { name: "The weather" }));
  expect(await drawer.findByText("snows", { selector: "strong" })).toBeInTheDocument();
  expect(await drawer.findByText("is snowing")).toBeInTheDocument();
  await user.selectOptions(drawer.getByLabelText("Version"), documents[0]?.createdAt ?? "");
  expect(await drawer.findByText("It rains.")).toBeInTheDocument();
  expect(drawer.queryByText("is snowing")).not.toBeInTheDocument();
  expect(asked.filter(({ path }) => path === "/api/document")).toHaveLength(1);
});

test("a document that is gone says so", async () => {
  const user = userEvent.setup();
  open(`/chat/${CHAT}`, {
    user: ME,
    answer: serve(kept(), ({ path }) =>
      path === "/api/document" ? refusal(404, "not_found:document", "There is no such document.") : undefined,
    ),
  });
  await user.click(await screen.findByRole("button", { name: "Read “The weather”" }));
  expect(await screen.findByText("There is no such document.")).toBeInTheDocument();
});

test("a reader of a shared chat sees the line, and opens nothing", async () => {
  const shared = kept({ chat: chat({ visibility: "public", prompt: null }), isReadonly: true });
  open(`/chat/${CHAT}`, { user: null, answer: serve(shared) });
  expect(await screen.findByText("Used: getWeather")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Read/ })).not.toBeInTheDocument();
});

test("sources are links to the web, or no links", () => {
  expect(sourcesOf(theirs())).toEqual([
    { title: "Almanac", url: "https://example.com/w" },
    { title: "Trap" },
  ]);
});

test("what is no tool is none, and what is odd does no harm", () => {
  expect(toolOf({ type: "step-start" })).toBeUndefined();
  const odd = { type: "dynamic-tool", state: "new", input: "x", output: { id: "no-uuid" } } as never;
  expect(toolOf(odd)).toMatchObject({
    name: "tool",
    state: "running",
    documentId: undefined,
    title: undefined,
  });
});

test("a picture that a Chat SDK keeps elsewhere is a link", async () => {
  const asked = question("q1", "What is this?");
  asked.parts.unshift({ type: "file", mediaType: "image/png", url: "https://blob.example/cat.png" });
  open(`/chat/${CHAT}`, { user: ME, answer: serve(kept({ messages: [asked, theirs()] })) });
  const link = await screen.findByRole("link", { name: /kept elsewhere/ });
  expect(link).toHaveAttribute("href", "https://blob.example/cat.png");
  expect(within(link).queryByRole("img")).not.toBeInTheDocument();
});
