import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Loss, Preset } from "@/api/presets";
import { type Asked, atNoon, broken, json, ME, open, refusal } from "../../app";
import { aComponent, aPreset } from "../../make";

const tutor = aComponent({ id: "tutor", type: "role", name: "Tutor" });
const brief = aComponent({ id: "brief", type: "style", name: "Brief", usageCount: 3 });
const LOSS: Loss = { type: "role", componentId: "critic", name: "Critic" };
const LOST = { isIncomplete: true, missing: ["role" as const], lost: [LOSS] };
const letters = aPreset("letters", { style: "brief" }, { name: "Letters", ...LOST });
const bare = aPreset("bare", {}, { name: "Bare", ...LOST });
const world = { user: ME, components: [tutor, brief], presets: [letters] };

/** A server whose one preset changes with what is asked of it. */
function changing(first: Preset, answers: (asked: Asked, now: Preset) => Preset | Response | undefined) {
  let now = first;
  return (asked: Asked) => {
    const answer = answers(asked, now);
    if (answer instanceof Response) return answer;
    if (answer) now = answer;
    if (asked.path === "/api/presets" && asked.method === "GET")
      return json({ items: [now], nextCursor: null });
    if (answer || asked.path === `/api/presets/${now.id}`) return json(now);
    return undefined;
  };
}
const mended = (parts: Parameters<typeof aPreset>[1]) => aPreset("letters", parts, { name: "Letters" });
const sent = (asked: Asked[], method: string) => asked.filter((one) => one.method === method);

test("a card names what its preset lost, and recovers it in one click", async () => {
  const user = userEvent.setup();
  const answer = changing(letters, ({ path }) =>
    path === "/api/presets/letters/recover" ? mended({ role: "critic", style: "brief" }) : undefined,
  );
  const { container, asked } = open("/presets", { ...world, answer });
  expect(await screen.findByText("Lost its role “Critic”.")).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Recover “Critic”" }));
  await waitFor(() => expect(screen.queryByText(/Lost its role/)).not.toBeInTheDocument());
  expect(sent(asked, "POST")).toMatchObject([
    { path: "/api/presets/letters/recover", body: { type: "role" } },
  ]);
  expect(screen.getByRole("article", { name: "Letters" })).toHaveFocus();
});

test("another part is chosen in the place of the lost one", async () => {
  const user = userEvent.setup();
  const answer = changing(letters, ({ method }) =>
    method === "PATCH" ? mended({ role: "tutor", style: "brief" }) : undefined,
  );
  const { asked } = open("/presets", { ...world, answer });
  await user.click(await screen.findByRole("button", { name: "Choose another role" }));
  await user.click(await screen.findByRole("option", { name: /Tutor/ }));
  await waitFor(() => expect(screen.queryByText(/Lost its role/)).not.toBeInTheDocument());
  expect(sent(asked, "PATCH").map((one) => one.body)).toEqual([{ roleId: "tutor" }]);
});

test("a loss is dismissed in one click", async () => {
  const user = userEvent.setup();
  const answer = changing(letters, ({ method }) =>
    method === "PATCH" ? mended({ style: "brief" }) : undefined,
  );
  const { asked } = open("/presets", { ...world, answer });
  await user.click(await screen.findByRole("button", { name: "Dismiss: go on without “Critic”" }));
  await waitFor(() => expect(screen.queryByText(/Lost its role/)).not.toBeInTheDocument());
  expect(sent(asked, "PATCH").map((one) => one.body)).toEqual([{ roleId: null }]);
});

test("a preset that has nothing left is recovered or deleted, not dismissed; its deletion can be undone", async () => {
  const user = userEvent.setup();
  const answer = ({ method, path }: Asked) => {
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (path === "/api/trash/bare/restore")
      return json({ kind: "preset", component: null, preset: bare, presets: [] });
    return undefined;
  };
  const { asked } = open("/presets", { ...world, presets: [bare], answer });
  expect(await screen.findByText(/a preset needs at least one/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Dismiss/ })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Delete this preset" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() =>
    expect(asked.filter((one) => one.method !== "GET").map((one) => `${one.method} ${one.path}`)).toEqual([
      "DELETE /api/presets/bare",
      "POST /api/trash/bare/restore",
    ]),
  );
});

test("what cannot be recovered says why, and the other ways out stay", async () => {
  const user = userEvent.setup();
  open("/presets", {
    ...world,
    answer: ({ path }) =>
      path.endsWith("/recover")
        ? refusal(402, "payment_required:component", "Your plan keeps 10 parts.")
        : undefined,
  });
  await user.click(await screen.findByRole("button", { name: "Recover “Critic”" }));
  expect(await screen.findByText("Your plan keeps 10 parts.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Choose another role" })).toBeEnabled();
});

test("the editor saves only what was changed, so that a loss left alone is not forgotten", async () => {
  const user = userEvent.setup();
  const { container, asked } = open("/presets/letters", world);
  const name = await screen.findByLabelText(/^Name/);
  expect(screen.getByText("Lost its role “Critic”.")).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
  await user.type(name, "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sent(asked, "PATCH").map((one) => one.body)).toEqual([{ name: "Letters!", description: "" }]),
  );
});

test("with nothing kept, a loss dismissed in the editor waits for the part that is chosen there", async () => {
  const user = userEvent.setup();
  const { asked } = open("/presets/bare", { ...world, presets: [bare] });
  await user.click(await screen.findByRole("button", { name: "Brief", pressed: false }));
  await user.click(screen.getByRole("button", { name: /Dismiss/ }));
  expect(screen.queryByText(/Lost its role/)).not.toBeInTheDocument();
  expect(sent(asked, "PATCH")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sent(asked, "PATCH").map((one) => one.body)).toMatchObject([{ styleId: "brief", roleId: null }]),
  );
});

test("a part is dragged to its slot, or pressed with the keyboard", async () => {
  const user = userEvent.setup();
  const { asked } = open("/presets/new", world);
  const dataTransfer = { setData: () => {}, effectAllowed: "" };
  fireEvent.dragStart(await screen.findByRole("button", { name: "Tutor", pressed: false }), { dataTransfer });
  fireEvent.drop(screen.getByRole("group", { name: "Slots" }), { dataTransfer });
  const slots = within(screen.getByRole("group", { name: "Slots" }));
  expect(await slots.findByRole("button", { name: /Role\s*Tutor/ })).toBeInTheDocument();
  expect(screen.getByText("The role is Tutor now.")).toBeInTheDocument();
  screen.getByRole("button", { name: "Brief", pressed: false }).focus();
  await user.keyboard("{Enter}");
  expect(await slots.findByRole("button", { name: /Style\s*Brief/ })).toBeInTheDocument();
  await user.keyboard("{Enter}");
  expect(await slots.findByRole("button", { name: /Style\s*None/ })).toBeInTheDocument();
  await user.type(screen.getByLabelText(/^Name/), "Lessons");
  await user.click(screen.getByRole("button", { name: "Create preset" }));
  await waitFor(() =>
    expect(sent(asked, "POST").find((one) => one.path === "/api/presets")?.body).toMatchObject({
      name: "Lessons",
      roleId: "tutor",
      styleId: null,
    }),
  );
});

test("without a name nothing is sent, and the focus goes to where it is missing", async () => {
  const user = userEvent.setup();
  const { asked } = open("/presets/new", world);
  await user.click(await screen.findByRole("button", { name: "Tutor" }));
  await user.click(screen.getByRole("button", { name: "Create preset" }));
  expect(await screen.findByText("A name is needed.")).toBeInTheDocument();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveFocus();
  expect(screen.getByRole("textbox", { name: "Name" })).toBeRequired();
  expect(sent(asked, "POST").map((one) => one.path)).not.toContain("/api/presets");
});

test("what the server refuses stands beside its field", async () => {
  const user = userEvent.setup();
  open("/presets/letters", {
    ...world,
    answer: ({ method }) =>
      method === "PATCH"
        ? refusal(400, "bad_request:api", "Not valid.", [
            { path: "body.name", message: "Another name, please." },
            { path: "body.styleId", message: "is a role" },
          ])
        : undefined,
  });
  await user.type(await screen.findByLabelText(/^Name/), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Another name, please.")).toBeInTheDocument();
  expect(screen.getByLabelText(/^Name/)).toBeInvalid();
  expect(screen.getByText("is a role")).toBeInTheDocument();
});

test("changes are not lost by leaving without a word", async () => {
  const user = userEvent.setup();
  const { router } = open("/presets/letters", world);
  await user.type(await screen.findByLabelText(/^Name/), "!");
  await user.click(screen.getByRole("link", { name: "Cancel" }));
  const asking = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(asking).getByRole("button", { name: "Cancel" }));
  expect(screen.getByLabelText(/^Name/)).toHaveValue("Letters!");
  await user.click(screen.getByRole("link", { name: "Cancel" }));
  await user.click(await screen.findByRole("button", { name: "Discard changes" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/presets"));
});

test("the editor says how much a preset is used, and the trash is near", async () => {
  atNoon();
  const often = aPreset("often", { role: "tutor" }, { usageCount: 3, lastUsedAt: new Date().toISOString() });
  const { router } = open("/presets/often", { ...world, presets: [often] });
  expect(await screen.findByText("Used 3×, last today")).toBeInTheDocument();
  await router.navigate({ to: "/presets" });
  expect(await screen.findByRole("link", { name: "Trash" })).toHaveAttribute("href", "/trash");
});

test("without presets, one click makes one of the parts that are there", async () => {
  const user = userEvent.setup();
  const { container, asked } = open("/presets", {
    ...world,
    presets: [],
    answer: ({ path, method }) =>
      path === "/api/presets" && method === "POST" ? json(letters, 201) : undefined,
  });
  expect(await screen.findByRole("link", { name: "Import some" })).toHaveAttribute("href", "/library/import");
  await user.click(await screen.findByRole("button", { name: "Make one of these 2 parts" }));
  await waitFor(() =>
    expect(sent(asked, "POST").find((one) => one.path === "/api/presets")?.body).toEqual({
      name: "My first preset",
      roleId: "tutor",
      styleId: "brief",
    }),
  );
  expect(await broken(container)).toEqual([]);
});

test("with many presets, those that are used stand above the rest", async () => {
  const presets = Array.from({ length: 12 }, (_, n) =>
    aPreset(
      `p${n}`,
      { role: "tutor" },
      {
        name: `Preset ${n}`,
        usageCount: n,
        lastUsedAt: n ? "2026-03-01T10:00:00Z" : null,
      },
    ),
  );
  const { container } = open("/presets", { ...world, presets: [...presets, letters] });
  const note = await screen.findByText("1 preset lost a part:", { exact: false });
  expect(within(note).getByRole("link", { name: "Letters" })).toHaveAttribute("href", "/presets/letters");
  const shelf = await screen.findByRole("region", { name: "Most used" });
  expect(within(shelf).queryByText("Preset 0")).not.toBeInTheDocument();
  expect(within(shelf).getByRole("link", { name: "Use in chat: “Preset 1”" })).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Recently used" })).toBeInTheDocument();
  expect(screen.getByRole("combobox", { name: "Sort" })).toHaveValue("name");
  expect(await broken(container)).toEqual([]);
});

test("a chat with an incomplete preset says what is lost, and mends it in place", async () => {
  const user = userEvent.setup();
  const answer = changing(letters, ({ path }) =>
    path === "/api/presets/letters/recover" ? mended({ role: "critic", style: "brief" }) : undefined,
  );
  const critic = aComponent({ id: "critic", type: "role", name: "Critic" });
  const { container } = open("/?preset=letters", { ...world, components: [tutor, brief, critic], answer });
  expect(await screen.findByText("“Letters” lost its role “Critic”.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Role: lost" })).toBeInTheDocument();
  expect(screen.getByLabelText("Your message")).toBeEnabled();
  expect(await broken(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Recover “Critic”" }));
  expect(await screen.findByRole("button", { name: "Role: Critic" })).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Preset: Letters" })).toBeInTheDocument();
  await waitFor(() => expect(screen.getByLabelText("Your message")).toHaveFocus());
  expect(screen.queryByText(/lost its role/)).not.toBeInTheDocument();
});
