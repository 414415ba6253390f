import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, broken, json, ME, open } from "../../app";
import { row } from "./conversation";

const chats = [
  row({ id: "c1", title: "Ablatives" }),
  row({ id: "c2", title: "Élan vital", visibility: "public" }),
];
const searches = (asked: Asked[]) =>
  asked.flatMap(({ path, query }) => (path === "/api/history" && query.has("q") ? [query.get("q")] : []));

test("the search waits for a pause, and marks what it found in titles and in what was said", async () => {
  const user = userEvent.setup();
  const { asked, container } = open("/", {
    user: ME,
    chats,
    answer: ({ path, query }) =>
      path === "/api/history" && query.get("q") === "elan"
        ? json({ chats: [chats[1], { ...chats[0], snippet: "they say élan, and mean it" }], hasMore: false })
        : undefined,
  });
  await user.type(await screen.findByLabelText("Search your chats"), "elan");
  expect(await screen.findByText("2 chats found")).toBeInTheDocument();
  expect(searches(asked)).toEqual(["elan"]);
  const marks = [...container.querySelectorAll("mark")].map((mark) => mark.textContent);
  expect(marks).toEqual(["Élan", "élan"]);
  expect(screen.getByRole("img", { name: "Shared" })).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("link", { name: "Ablatives" })).toBeInTheDocument();
  expect(container.querySelector("mark")).not.toBeInTheDocument();
});

test("a search that finds nothing says so", async () => {
  const user = userEvent.setup();
  open("/", {
    user: ME,
    chats,
    answer: ({ path, query }) =>
      path === "/api/history" && query.has("q") ? json({ chats: [], hasMore: false }) : undefined,
  });
  await user.type(await screen.findByLabelText("Search your chats"), "zzz");
  expect(await screen.findByText("“zzz” stands in none of your chats.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear the search" }));
  expect(await screen.findByRole("link", { name: "Ablatives" })).toBeInTheDocument();
});

test("all chats are deleted after one question, and the open one is left", async () => {
  const user = userEvent.setup();
  let deleted = false;
  const { asked, router } = open("/chat/c1", {
    user: ME,
    chats,
    answer: ({ method, path }) => {
      if (path !== "/api/history") return undefined;
      if (method === "DELETE") deleted = true;
      if (method === "DELETE") return json({ deletedCount: 2 });
      return deleted ? json({ chats: [], hasMore: false }) : undefined;
    },
  });
  await user.click(await screen.findByRole("button", { name: "More for your chats" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete all chats" }));
  const sure = await screen.findByRole("dialog", { name: "Delete all your chats?" });
  expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(within(sure).getByRole("button", { name: "Delete all" }));
  expect(await screen.findByText("Your chats will be kept here.")).toBeInTheDocument();
  await waitFor(() => expect(router.state.location.pathname).toBe("/"));
});

test("a new title is in the list at once, without asking for the list again", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", {
    user: ME,
    chats,
    answer: ({ method, path, body }) =>
      method === "PATCH" && path === "/api/chat/c1" ? json({ ...chats[0], ...(body as object) }) : undefined,
  });
  await user.click(await screen.findByRole("button", { name: "More for “Ablatives”" }));
  await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
  const title = await screen.findByLabelText("Title");
  await waitFor(() => expect(title).toHaveFocus());
  await user.clear(title);
  await user.type(title, "Cases{Enter}");
  expect(await screen.findByRole("link", { name: "Cases", hidden: true })).toBeInTheDocument();
  expect(asked.filter(({ path }) => path === "/api/history")).toHaveLength(1);
});
