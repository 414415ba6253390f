import { fireEvent, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, json, ME, open, refusal } from "../../app";
import { aComponent } from "../../make";

const role = (name: string) => aComponent({ id: name, type: "role", name });

/** Roles on two pages; the second one fails as often as is said. */
function twoPages(failures = 0) {
  let left = failures;
  return ({ path, query }: Asked) => {
    if (path !== "/api/components" || (query.get("type") ?? "role") !== "role") return undefined;
    if (!query.get("cursor")) return json({ items: [role("Tutor")], nextCursor: "next" });
    if (left-- > 0) return refusal(429, "rate_limit:api", "Too many questions.");
    return json({ items: [role("Critic"), role("Pilot")], nextCursor: null });
  };
}

test("the focus goes on to the first part of the page that comes, though the button is gone", async () => {
  const user = userEvent.setup();
  open("/library", { user: ME, answer: twoPages() });
  (await screen.findByRole("button", { name: "More roles" })).focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("link", { name: "Critic" })).toHaveFocus());
  expect(screen.queryByRole("button", { name: "More roles" })).not.toBeInTheDocument();
});

test("a page that does not come says so, and is asked for again", async () => {
  const user = userEvent.setup();
  open("/library", { user: ME, answer: twoPages(1) });
  await user.click(await screen.findByRole("button", { name: "More roles" }));
  await user.click(await screen.findByRole("button", { name: "It did not load. Try again" }));
  expect(await screen.findByRole("link", { name: "Pilot" })).toBeInTheDocument();
});

test("whoever went on elsewhere meanwhile is not called back", async () => {
  open("/library", { user: ME, answer: twoPages() });
  const search = await screen.findByRole("searchbox", { name: "Search your parts" });
  const more = await screen.findByRole("button", { name: "More roles" });
  fireEvent.click(more);
  search.focus();
  await screen.findByRole("link", { name: "Critic" });
  expect(search).toHaveFocus();
});

test("among the parts to put into a preset, too", async () => {
  const user = userEvent.setup();
  open("/presets/new", { user: ME, answer: twoPages() });
  (await screen.findByRole("button", { name: "More parts" })).focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Critic" })).toHaveFocus());
});
