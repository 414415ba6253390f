import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import type { DocumentComponent, DocumentPreset, ImportItem, ImportPlan } from "@/api/exchange";
import { documentOf, linesOf } from "@/features/prompts/import-choices";
import type { Type } from "@/lib/slots";
import { type Asked, broken, json, ME, open, refusal } from "../../app";

const NEW = { usageCount: 0, createdAt: null, updatedAt: null, description: null };

function part(id: string, type: Type, content = `You are ${id}.`): DocumentComponent {
  return { id, type, name: id, content, tags: [], versions: [], ...NEW };
}

function preset(id: string, slots: Partial<DocumentPreset>): DocumentPreset {
  const none = { roleId: null, styleId: null, contextId: null, modeId: null };
  return { id, name: id, lost: [], lastUsedAt: null, ...none, ...NEW, ...slots };
}

function aPlan(
  components: DocumentComponent[],
  presets: DocumentPreset[] = [],
  given: { items?: Record<string, Partial<ImportItem>>; room?: ImportPlan["room"] } = {},
): ImportPlan {
  return {
    format: "prompts-chat",
    formatName: "prompts.chat CSV",
    document: { format: "quartet-prompts", version: 1, exportedAt: null, components, presets },
    items: [...components, ...presets].map(({ id }) => ({
      id,
      guessed: false,
      duplicateOf: null,
      notes: [],
      refused: null,
      ...given.items?.[id],
    })),
    notes: [],
    room: given.room ?? { components: null, presets: null },
  };
}

const mixed = aPlan(
  [part("tutor", "role"), part("brief", "style"), part("huge", "role", "")],
  [preset("lessons", { roleId: "tutor", styleId: "brief" })],
  {
    items: {
      tutor: { guessed: true },
      brief: { duplicateOf: { id: "b1", name: "brief" }, notes: ["1 tag was left out."] },
      huge: { refused: "It has 60,000 characters." },
    },
  },
);

describe("what is chosen", () => {
  const fates = (plan: ImportPlan, edits: Parameters<typeof linesOf>[1] = {}) =>
    Object.fromEntries(linesOf(plan, edits).map((line) => [line.id, line.fails]));
  const three = [part("a", "role"), part("b", "style"), part("c", "mode")];

  test("room is used up in the file's order, and what the person has already takes none", () => {
    const room = { components: 1, presets: 0 };
    const items = { a: { duplicateOf: { id: "x", name: "a" } } };
    const plan = aPlan(three, [preset("p", { roleId: "a" })], { room, items });
    expect(fates(plan)).toMatchObject({ a: null, b: null, c: expect.any(String), p: expect.any(String) });
    expect(fates(plan, { b: { on: false } })).toMatchObject({ c: null });
    expect(fates(plan, { a: { name: "another" } })).toMatchObject({ a: null, b: expect.any(String) });
  });

  test("a preset goes without a part that is left out, but not without one that does not fit", () => {
    const plan = aPlan(three, [preset("p", { roleId: "a", modeId: "c" })], {
      room: { components: 2, presets: null },
    });
    expect(fates(plan).p).toMatch("“c”");
    const without = { c: { on: false } };
    expect(fates(plan, without).p).toBeNull();
    const [sent] = documentOf(plan, linesOf(plan, without)).presets;
    expect(sent).toMatchObject({ roleId: "a", modeId: null });
    expect(fates(plan, { a: { on: false }, c: { on: false } }).p).toMatch("None of its parts");
  });

  test("a part that takes another's type puts its preset in the wrong", () => {
    const plan = aPlan(three, [preset("p", { roleId: "a", styleId: "b" })]);
    expect(fates(plan, { b: { type: "role" } }).p).toMatch("more than one role");
    expect(fates(plan, { b: { type: "mode" } }).p).toBeNull();
  });

  test("a new name or type makes it something that the person has not", () => {
    const have = (edits: Parameters<typeof linesOf>[1]) =>
      linesOf(mixed, edits).find((line) => line.id === "brief")?.duplicateOf;
    expect(have({})).toEqual({ id: "b1", name: "brief" });
    expect(have({ brief: { name: "short" } })).toBeNull();
    expect(have({ brief: { type: "mode" } })).toBeNull();
  });

  test("what was refused is never sent", () => {
    const sent = documentOf(mixed, linesOf(mixed, { huge: { on: true } }));
    expect(sent.components.map((component) => component.id)).toEqual(["tutor", "brief"]);
  });
});

/** The page with a file chosen that the server answers with `plan`. */
async function chosen(plan: ImportPlan, answer: (asked: Asked) => Response | undefined = () => undefined) {
  const user = userEvent.setup();
  const page = open("/library/import", {
    user: ME,
    answer: (asked) => (asked.path === "/api/prompts/import/read" ? json(plan) : answer(asked)),
  });
  await screen.findByRole("heading", { name: "Import" });
  await user.upload(page.container.querySelector("input[type=file]") as HTMLInputElement, aFile());
  await screen.findByRole("heading", { name: "prompts.csv: prompts.chat CSV" });
  return { user, ...page };
}
const aFile = (size?: number) => {
  const file = new File(["act,prompt"], "prompts.csv");
  if (size) Object.defineProperty(file, "size", { value: size });
  return file;
};

test("a file is looked at, put right, imported, and accounted for", async () => {
  const report = {
    made: [
      { id: "n1", name: "Teacher", kind: "component" },
      { id: "n2", name: "lessons", kind: "preset" },
    ],
    merged: [{ id: "b1", name: "brief", kind: "component" }],
    skipped: [{ name: "other", kind: "component", why: "Your plan keeps 10 parts." }],
  };
  const { user, asked, container } = await chosen(mixed, ({ path }) =>
    path === "/api/prompts/import" ? json(report) : undefined,
  );
  expect(screen.getByText("guessed")).toBeInTheDocument();
  expect(screen.getByText(/nothing is made twice/)).toBeInTheDocument();
  expect(screen.getByText("1 tag was left out.")).toBeInTheDocument();
  expect(screen.getByRole("checkbox", { name: "Import the role “huge”" })).toBeDisabled();
  expect(await broken(container)).toEqual([]);

  const name = screen.getByLabelText("Name of the role “tutor”");
  await user.clear(name);
  expect(screen.getByRole("button", { name: "Import 3 items" })).toBeDisabled();
  await user.type(name, "Teacher");
  await user.selectOptions(screen.getByLabelText("Type of the role “Teacher”"), "mode");
  await user.click(screen.getByRole("button", { name: "Import 3 items" }));

  await screen.findByRole("heading", { name: "2 items imported" });
  const sent = asked.find((one) => one.path === "/api/prompts/import")?.body as ImportPlan["document"];
  expect(sent.components).toMatchObject([
    { id: "tutor", name: "Teacher", type: "mode" },
    { id: "brief", name: "brief", type: "style" },
  ]);
  expect(sent.presets).toMatchObject([{ roleId: "tutor", styleId: "brief" }]);
  expect(screen.getByRole("link", { name: "Teacher" })).toHaveAttribute("href", "/library?edit=n1");
  expect(screen.getByRole("link", { name: "lessons" })).toHaveAttribute("href", "/presets/n2");
  expect(screen.getByText(/Your plan keeps 10 parts\./)).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
});

test("what does not fit in the plan is said before, and can be left out", async () => {
  const plan = aPlan([part("a", "role"), part("b", "role"), part("c", "role")], [], {
    room: { components: 1, presets: 1 },
  });
  const { user } = await chosen(plan);
  expect(screen.getByText(/3 new parts chosen, room for 1/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Import 1 item" })).toBeEnabled();
  await user.click(screen.getByRole("button", { name: "Leave those out" }));
  expect(screen.getByRole("checkbox", { name: "Import the role “b”" })).not.toBeChecked();
  expect(screen.queryByText(/no room for it/)).not.toBeInTheDocument();
});

test("ten thousand items are a page at a time, and chosen at once", async () => {
  const plan = aPlan(Array.from({ length: 10_000 }, (_, n) => part(`item ${n}`, "role")));
  const { user } = await chosen(plan);
  const rows = () =>
    within(screen.getByRole("list", { name: "What the file holds" })).getAllByRole("checkbox");
  expect(rows()).toHaveLength(50);
  expect(screen.getByText("1 to 50 of 10,000")).toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: "All (10,000)" }));
  expect(screen.getByRole("button", { name: "Import 0 items" })).toBeDisabled();
  await user.type(screen.getByLabelText("Search this file"), "item 999");
  await waitFor(() => expect(rows()).toHaveLength(11));
  await user.click(screen.getByRole("checkbox", { name: "All that are shown (11)" }));
  await user.clear(screen.getByLabelText("Search this file"));
  expect(screen.getByRole("button", { name: "Import 11 items" })).toBeEnabled();
});

test("a wrong file gets one sentence, from the server or before it is sent", async () => {
  const user = userEvent.setup();
  const { container, asked } = open("/library/import", {
    user: ME,
    answer: ({ path }) =>
      path === "/api/prompts/import/read"
        ? refusal(400, "bad_request:import", "This is none of the formats that can be imported.")
        : undefined,
  });
  await screen.findByRole("heading", { name: "Import" });
  const input = container.querySelector("input[type=file]") as HTMLInputElement;
  await user.upload(input, aFile());
  expect(await screen.findByRole("alert")).toHaveTextContent("This is none of the formats");
  await waitFor(() => expect(screen.getByRole("button", { name: "Choose a file" })).toHaveFocus());
  await user.upload(input, aFile(11_000_000));
  await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("“prompts.csv” has 11 MB"));
  expect(asked.filter((one) => one.path === "/api/prompts/import/read")).toHaveLength(1);
  expect(await broken(container)).toEqual([]);
});

test("the library can be taken away in three formats", async () => {
  open("/library/import", { user: ME });
  await screen.findByRole("heading", { name: "Export" });
  const links = ["JSON", "Markdown", "SKILL.md (zip)"].map((name) => screen.getByRole("link", { name }));
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "/api/prompts/export?format=json",
    "/api/prompts/export?format=markdown",
    "/api/prompts/export?format=skills",
  ]);
});
