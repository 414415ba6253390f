import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Component } from "@/api/components";
import { type Asked, broken, json, ME, open, refusal } from "../../app";
import { aComponent, aPreset } from "../../make";

/** One component that another editor may change behind the page's back; it keeps versions as the server does. */
function aServer(
  first: Component = aComponent({ id: "tutor", type: "role", name: "Tutor", content: "One." }),
) {
  let present: Component | null = first;
  const kept: Component[] = [first];
  const put = (change: object): Response => {
    if (!present) return refusal(404, "not_found:component", "This component is not here.");
    present = { ...present, ...change, version: present.version + 1 };
    kept.unshift(present);
    return json(present);
  };
  const answer = ({ path, method, body, ifMatch }: Asked) => {
    if (!path.startsWith("/api/components/tutor")) return undefined;
    if (!present) return refusal(404, "not_found:component", "This component is not here.");
    const stale = ifMatch !== null && ifMatch !== `"${present.version}"`;
    if (stale) return refusal(412, "precondition_failed:component", "It was changed elsewhere.");
    if (path.endsWith("/versions")) return json({ items: kept, nextCursor: null });
    if (path.endsWith("/restore")) {
      const { version } = body as { version: number };
      const { name, content, description, tags } = kept.find((one) => one.version === version) ?? present;
      return put({ name, content, description, tags });
    }
    if (method === "PATCH") return put(body as object);
    return path.endsWith("/impact") ? undefined : json(present);
  };
  return {
    world: { user: ME, answer, presets: [aPreset("lessons", { role: "tutor" }, { name: "Lessons" })] },
    present: () => present,
    /** What somebody else does. */
    change: put,
    remove: () => {
      present = null;
    },
  };
}

const text = () => screen.findByRole("textbox", { name: "Text" });
const save = () => screen.findByRole("button", { name: "Save" });

async function typeOver(user: ReturnType<typeof userEvent.setup>, words: string) {
  await user.clear(await text());
  await user.type(await text(), words);
}

test("a change made elsewhere is shown, and mine is kept over it by a word of mine", async () => {
  const user = userEvent.setup();
  const server = aServer();
  const { asked, router } = open("/library?edit=tutor", server.world);
  await typeOver(user, "Mine.");
  server.change({ content: "Theirs." });
  await user.click(await save());
  const conflict = await screen.findByRole("region", { name: "Changed elsewhere" });
  expect(conflict).toHaveFocus();
  expect(within(conflict).getByText("Version 2, as it is now")).toBeInTheDocument();
  expect(await within(conflict).findByText("Theirs.", { selector: "ins" })).toBeInTheDocument();
  expect(await text()).toHaveValue("Mine.");
  expect(server.present()?.content).toBe("Theirs.");
  expect(await broken(document.body)).toEqual([]);

  await user.click(within(conflict).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(server.present()).toMatchObject({ version: 3, content: "Mine." }));
  expect(asked.filter((one) => one.method === "PATCH").map((one) => one.ifMatch)).toEqual(['"1"', '"2"']);
  await waitFor(() => expect(router.state.location.search).not.toHaveProperty("edit"));
});

test("taking theirs sets mine aside, and it can be had back", async () => {
  const user = userEvent.setup();
  const server = aServer();
  open("/library?edit=tutor", server.world);
  await typeOver(user, "Mine.");
  server.change({ content: "Theirs." });
  await user.click(await save());
  await user.click(await screen.findByRole("button", { name: "Take theirs" }));
  expect(await text()).toHaveValue("Theirs.");
  await user.click(screen.getByRole("button", { name: "Take mine after all" }));
  expect(await text()).toHaveValue("Mine.");
  await user.click(await save());
  await waitFor(() => expect(server.present()).toMatchObject({ version: 3, content: "Mine." }));
});

test("Ctrl+S saves and stays; in a conflict it overwrites nobody", async () => {
  const user = userEvent.setup();
  const server = aServer();
  open("/library?edit=tutor", server.world);
  await typeOver(user, "Mine.");
  await user.keyboard("{Control>}s{/Control}");
  await screen.findByText("“Tutor” is saved.");
  expect(await text()).toHaveValue("Mine.");
  await user.type(await text(), " More.");
  server.change({ content: "Theirs." });
  await user.keyboard("{Control>}s{/Control}");
  await screen.findByRole("region", { name: "Changed elsewhere" });
  expect(await text()).toHaveFocus();
  await user.keyboard("{Control>}s{/Control}");
  expect(server.present()?.content).toBe("Theirs.");
  expect(await text()).toHaveValue("Mine. More.");
});

test("a part that was deleted elsewhere leaves the typed text, which can become a new one", async () => {
  const user = userEvent.setup();
  const server = aServer();
  const { asked } = open("/library?edit=tutor", {
    ...server.world,
    answer: (one) =>
      one.path === "/api/components" && one.method === "POST"
        ? json(aComponent({ id: "again", type: "role" }), 201)
        : server.world.answer(one),
  });
  await typeOver(user, "Mine.");
  server.remove();
  await user.click(await save());
  await user.click(await screen.findByRole("button", { name: "Save it as a new part" }));
  await waitFor(() => {
    const made = asked.find((one) => one.method === "POST" && one.path === "/api/components");
    expect(made?.body).toMatchObject({ type: "role", name: "Tutor", content: "Mine." });
  });
});

test("who leaves with unsaved text is asked, whichever way they leave", async () => {
  const user = userEvent.setup();
  const { router } = open("/library?edit=tutor", aServer().world);
  await typeOver(user, "Mine.");
  await user.keyboard("{Escape}");
  const question = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(question).getByRole("button", { name: "Cancel" }));
  expect(await text()).toHaveValue("Mine.");
  await user.click(await screen.findByRole("link", { name: "Lessons" }));
  const again = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(again).getByRole("button", { name: "Discard changes" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/presets/lessons"));
});

test("before a text is saved that presets speak with, they are counted and the change can be read", async () => {
  const user = userEvent.setup();
  open("/library?edit=tutor", aServer().world);
  expect(await screen.findByText("Used by 1 preset.")).toBeInTheDocument();
  expect(screen.queryByText(/Saving changes what/)).not.toBeInTheDocument();
  await typeOver(user, "One and two.");
  expect(screen.getByText("Saving changes what 1 preset will say from now on.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "See what changes" }));
  expect(await screen.findByText("and two", { exact: false, selector: "ins" })).toBeInTheDocument();
  expect(await broken(document.body)).toEqual([]);
});

test("an older version is restored as a new one, and that is undone", async () => {
  const user = userEvent.setup();
  const server = aServer();
  server.change({ content: "Two." });
  open("/library?edit=tutor", server.world);
  await user.click(await screen.findByRole("button", { name: /^Version 1/ }));
  expect(await screen.findByText("One.", { selector: "del" })).toBeInTheDocument();
  expect(screen.getByText("Two.", { selector: "ins" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Restore this version" }));
  expect(await screen.findByDisplayValue("One.")).toBeInTheDocument();
  expect(server.present()?.version).toBe(3);
  expect(await screen.findByText("back to version 1")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByDisplayValue("Two.")).toBeInTheDocument();
  expect(server.present()?.version).toBe(4);
});

test("while nothing is typed, a change made elsewhere is simply shown", async () => {
  const server = aServer();
  open("/library?edit=tutor", server.world);
  expect(await text()).toHaveValue("One.");
  server.change({ content: "Theirs." });
  window.dispatchEvent(new Event("visibilitychange"));
  expect(await screen.findByDisplayValue("Theirs.")).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "Changed elsewhere" })).not.toBeInTheDocument();
});
