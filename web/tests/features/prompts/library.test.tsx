import { onlineManager } from "@tanstack/react-query";
import { act, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { type Asked, broken, json, ME, open, refusal } from "../../app";
import { aComponent } from "../../make";

const components = [
  aComponent({ id: "tutor", type: "role", name: "Tutor", tags: ["school", "latin"] }),
  aComponent({ id: "critic", type: "role", name: "Critic" }),
  aComponent({ id: "brief", type: "style", name: "Brief", tags: ["school"] }),
];

/** Finds by name and tag, as the server would. */
function answer({ path, method, query }: Asked) {
  if (path === "/api/components/tags") {
    return json({
      items: [
        { tag: "school", count: 2 },
        { tag: "latin", count: 1 },
      ],
    });
  }
  if (path !== "/api/components" || method !== "GET") return undefined;
  const [type, q, tag] = ["type", "q", "tag"].map((key) => query.get(key));
  const items = components.filter(
    (one) =>
      (!type || one.type === type) &&
      (!q || one.name.toLowerCase().includes(q.toLowerCase())) &&
      (!tag || one.tags.includes(tag)),
  );
  return json({ items, nextCursor: null });
}
const world = { user: ME, answer };
afterEach(() => onlineManager.setOnline(true));

const search = () => screen.findByRole("searchbox", { name: "Search your parts" });

test("search, tag and sort stand in the address, and lead from there", async () => {
  const user = userEvent.setup();
  const { router, asked, container } = open("/library?q=tut&sort=name", world);
  expect(await screen.findByRole("link", { name: "Tutor" })).toBeInTheDocument();
  expect(await search()).toHaveValue("tut");
  expect(screen.queryByRole("link", { name: "Critic" })).not.toBeInTheDocument();
  expect(asked.find((one) => one.path === "/api/components")?.query.get("sort")).toBe("name");
  await user.click(screen.getByRole("button", { name: "Clear the search" }));
  expect(await search()).toHaveFocus();
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
  await user.selectOptions(screen.getByRole("combobox", { name: "Sort" }), "Last changed");
  await waitFor(() => expect(router.state.location.search).toEqual({ sort: "recent" }));
  expect(await broken(container)).toEqual([]);
});

test("the search field follows the address", async () => {
  const user = userEvent.setup();
  open("/library?q=tut", world);
  await screen.findByRole("link", { name: "Tutor" });
  await user.click(screen.getByRole("link", { name: "Library" }));
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
  expect(await search()).toHaveValue("");
});

test("a tag on a card narrows to it, and its chip takes it off again", async () => {
  const user = userEvent.setup();
  const { router } = open("/library", world);
  await user.click(await screen.findByRole("link", { name: "Tag latin, only these" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ tag: "latin" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Brief" })).not.toBeInTheDocument());
  await user.click(screen.getByRole("button", { name: "latin", pressed: true }));
  expect(await screen.findByRole("link", { name: "Brief" })).toBeInTheDocument();
});

test("a number is searched for as it was typed", async () => {
  const { asked } = open("/library?q=2024", world);
  await screen.findByRole("heading", { name: "No part fits “2024”" });
  expect(asked.find((one) => one.path === "/api/components")?.query.get("q")).toBe("2024");
});

test("where nothing fits, the filters are cleared in one step", async () => {
  const user = userEvent.setup();
  const { router, container } = open("/library/style?q=tutor&tag=school", world);
  await screen.findByRole("heading", { name: "No style fits “tutor” and the tag “school”" });
  expect(screen.getByRole("link", { name: "Look in all types" })).toHaveAttribute(
    "href",
    expect.stringMatching(/^\/library\?.*q=tutor/),
  );
  expect(await broken(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByRole("link", { name: "Brief" })).toBeInTheDocument();
  expect(await search()).toHaveValue("");
  expect(router.state.location.search).toEqual({});
});

test("an editor that is opened while the search still settles stays open", async () => {
  const user = userEvent.setup();
  const { router } = open("/library", { ...world, components });
  await user.type(await search(), "tut");
  await user.click(await screen.findByRole("link", { name: "Tutor" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ q: "tut", edit: "tutor" }));
  expect(await screen.findByDisplayValue("You are tutor.")).toBeInTheDocument();
});

test("an empty library teaches, and an example is a beginning", async () => {
  const user = userEvent.setup();
  const { container } = open("/library", { user: ME });
  await screen.findByRole("heading", { name: "Your library is empty" });
  expect(screen.getByRole("link", { name: "Import parts you have elsewhere" })).toHaveAttribute(
    "href",
    "/library/import",
  );
  expect(await broken(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Begin with this role" }));
  const form = await screen.findByRole("dialog", { name: "New role" });
  expect(within(form).getByLabelText(/^Name/)).toHaveValue("Patient tutor");
});

test("more parts than a page are counted so, and asked for by the next cursor", async () => {
  const user = userEvent.setup();
  const { asked } = open("/library/role", {
    user: ME,
    answer: ({ path, query }) => {
      if (path !== "/api/components") return undefined;
      return query.get("cursor")
        ? json({ items: components.slice(1, 2), nextCursor: null })
        : json({ items: components.slice(0, 1), nextCursor: "next" });
    },
  });
  expect(await screen.findByText("1+")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "More roles" }));
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
  expect(asked.at(-1)?.query.get("cursor")).toBe("next");
});

test("who types the name of a tag is led to the tag", async () => {
  const user = userEvent.setup();
  const { router, container } = open("/library?q=scho", world);
  await screen.findByRole("heading", { name: "No part fits “scho”" });
  const tag = await screen.findByRole("link", { name: "school" });
  expect(screen.queryByRole("link", { name: "latin" })).not.toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
  await user.click(tag);
  expect(await screen.findByRole("link", { name: "Brief" })).toBeInTheDocument();
  expect(await search()).toHaveValue("");
  expect(router.state.location.search).toEqual({ tag: "school" });
});

test("offline, nobody is told that nothing fits what was never asked for", async () => {
  const user = userEvent.setup();
  open("/library?q=zzz", world);
  await screen.findByRole("heading", { name: "No part fits “zzz”" });
  act(() => onlineManager.setOnline(false));
  await user.type(await search(), "{Backspace}");
  expect(await screen.findByText("Roles come when you are online again.")).toBeInTheDocument();
  expect(screen.queryByText(/fits/)).not.toBeInTheDocument();
  act(() => onlineManager.setOnline(true));
  expect(await screen.findByRole("heading", { name: "No part fits “zz”" })).toBeInTheDocument();
});

test("where no list comes, it is said once, and all are asked for again", async () => {
  const user = userEvent.setup();
  let broke = true;
  const failing = (asked: Asked) =>
    broke && asked.path === "/api/components" ? refusal(429, "rate_limit:api", "Too many.") : answer(asked);
  open("/library?q=t", { user: ME, answer: failing });
  await screen.findByRole("heading", { name: "Your library did not load" });
  broke = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Tutor" })).toBeInTheDocument();
});
