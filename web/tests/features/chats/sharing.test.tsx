import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { broken, json, ME, open, refusal } from "../../app";
import { answer, CHAT, chat, type Kept, question, serve } from "./conversation";

const kept = (given: Partial<Kept> = {}): Kept => ({
  chat: chat({ visibility: "public", title: "Plans", prompt: null }),
  messages: [question("q1", "Plan it"), { ...answer("a1", ""), parts: [{ type: "text", text: "Done." }] }],
  isReadonly: true,
  ...given,
});

test("a shared chat can be read by whoever is not signed in, and nothing else", async () => {
  const { asked, container } = open(`/chat/${CHAT}`, { user: null, answer: serve(kept()) });
  expect(await screen.findByRole("heading", { level: 1, name: "Plans" })).toBeInTheDocument();
  await screen.findByText("Done.");
  expect(screen.getByText(/It can be read, not continued\./)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    `/sign-in?next=%2Fchat%2F${CHAT}`,
  );
  expect(screen.queryByLabelText("Your message")).not.toBeInTheDocument();
  expect(screen.queryByRole("navigation", { name: "Chats" })).not.toBeInTheDocument();
  for (const name of ["Good answer", "Answer again", "Edit the question", "Share"]) {
    expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
  }
  const strange = asked.filter(({ path }) => path === "/api/vote" || path === "/api/history");
  expect(strange).toEqual([]);
  expect(await broken(container)).toEqual([]);
});

test("a chat that is not shared leads to the sign-in, and back", async () => {
  const { router } = open(`/chat/${CHAT}`, {
    user: null,
    answer: ({ path }) =>
      path.startsWith("/api/chat/") ? refusal(403, "forbidden:chat", "This chat is not yours.") : undefined,
  });
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
  expect(router.state.location.search).toEqual({ next: `/chat/${CHAT}` });
});

test("somebody else's shared chat has no composer either", async () => {
  open(`/chat/${CHAT}`, { user: ME, answer: serve(kept()) });
  expect(await screen.findByText("Done.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Begin a chat of your own" })).toBeInTheDocument();
  expect(screen.getByRole("navigation", { name: "Main" })).toBeInTheDocument();
  expect(screen.queryByLabelText("Your message")).not.toBeInTheDocument();
});

test("sharing gives a link, and says what readers see", async () => {
  const user = userEvent.setup();
  const { asked } = open(`/chat/${CHAT}`, {
    user: ME,
    answer: serve(kept({ chat: chat(), isReadonly: false }), ({ method, path, body }) =>
      method === "PATCH" && path === `/api/chat/${CHAT}`
        ? json({ ...chat(), ...(body as object) })
        : undefined,
    ),
  });
  await user.click(await screen.findByRole("button", { name: "Share" }));
  const dialog = await screen.findByRole("dialog", { name: "Who can read this chat?" });
  expect(within(dialog).getByRole("radio", { name: /Private/ })).toBeChecked();
  expect(within(dialog).queryByLabelText("Link to this chat")).not.toBeInTheDocument();
  await user.click(within(dialog).getByRole("radio", { name: /Anyone with the link/ }));
  expect(await within(dialog).findByLabelText("Link to this chat")).toHaveValue(
    `${location.origin}/chat/${CHAT}`,
  );
  expect(within(dialog).getByText(/They do not see your prompts/)).toBeInTheDocument();
  expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ visibility: "public" });
  expect(screen.getByRole("button", { name: "Shared", hidden: true })).toBeInTheDocument();
  expect(await broken(dialog)).toEqual([]);
});

test("what is picked stands at once, before the server has answered", async () => {
  const user = userEvent.setup();
  open(`/chat/${CHAT}`, {
    user: ME,
    answer: serve(kept({ chat: chat(), isReadonly: false }), ({ method }) =>
      method === "PATCH" ? (new Promise<Response>(() => {}) as never) : undefined,
    ),
  });
  await user.click(await screen.findByRole("button", { name: "Share" }));
  const wanted = await screen.findByRole("radio", { name: /Anyone with the link/ });
  await user.click(wanted);
  expect(wanted).toBeChecked();
  expect(screen.queryByLabelText("Link to this chat")).not.toBeInTheDocument();
});

test("sharing that the server refuses stays private", async () => {
  const user = userEvent.setup();
  open(`/chat/${CHAT}`, {
    user: ME,
    answer: serve(kept({ chat: chat(), isReadonly: false }), ({ method }) =>
      method === "PATCH" ? refusal(503, "offline:database", "The database is away.") : undefined,
    ),
  });
  await user.click(await screen.findByRole("button", { name: "Share" }));
  await user.click(await screen.findByRole("radio", { name: /Anyone with the link/ }));
  expect(await screen.findByText("Not changed. The database is away.")).toBeInTheDocument();
  expect(screen.getByRole("radio", { name: /Private/ })).toBeChecked();
});
