import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { type Asked, ME, open, refusal, stream } from "../../app";
import { aComponent, aPreset } from "../../make";

const world = {
  user: ME,
  components: [
    aComponent({ id: "tutor", type: "role", name: "Tutor" }),
    aComponent({ id: "brief", type: "style", name: "Brief" }),
    aComponent({ id: "formal", type: "style", name: "Formal" }),
  ],
  presets: [aPreset("lessons", { role: "tutor", style: "brief" }, { name: "Lessons" })],
};
const answering = ({ path, method }: Asked) =>
  path === "/api/chat" && method === "POST"
    ? stream(
        { type: "start", messageId: "00000000-0000-4000-8000-000000000001" },
        { type: "start-step" },
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "Salve!" },
        { type: "text-end", id: "1" },
        { type: "finish-step" },
        { type: "finish" },
      )
    : undefined;
const field = () => screen.findByLabelText("Your message");
const posted = (asked: Asked[]) =>
  asked.find((one) => one.path === "/api/chat" && one.method === "POST")?.body;
const ready = () => screen.findByRole("button", { name: "Model: Small" });

test("Enter sends, Shift+Enter makes a line, and the chat gets its address", async () => {
  const user = userEvent.setup();
  const { asked, router } = open("/", { ...world, answer: answering });
  await ready();
  await user.type(await field(), "one{Shift>}{Enter}{/Shift}two");
  expect(posted(asked)).toBeUndefined();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Salve!")).toBeInTheDocument();
  expect(posted(asked)).toMatchObject({
    selectedChatModel: "small",
    selectedVisibilityType: "private",
    message: { role: "user", parts: [{ type: "text", text: "one\ntwo" }] },
  });
  expect(posted(asked)).not.toHaveProperty("presetId");
  const { id } = posted(asked) as { id: string };
  await waitFor(() => expect(router.state.location.pathname).toBe(`/chat/${id}`));
  expect(await field()).toHaveValue("");
});

test("a slot opened by its key departs from the preset, and the departure is sent", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", { ...world, answer: answering });
  await user.click(await screen.findByRole("button", { name: /Lessons/, pressed: false }));
  await screen.findByRole("button", { name: "Preset: Lessons" });
  await user.keyboard("{Alt>}[Digit2]{/Alt}");
  const list = await screen.findByRole("listbox", { name: "Styles" });
  await within(list).findByText("Formal");
  await user.keyboard("Form");
  await waitFor(() => expect(within(list).getByText("Formal")).toBeInTheDocument());
  await user.click(within(list).getByText("Formal"));
  expect(await screen.findByRole("button", { name: "Preset: Lessons, changed" })).toBeInTheDocument();
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard("Salve{Enter}");
  await screen.findByText("Salve!");
  expect(posted(asked)).toMatchObject({ presetId: "lessons", components: { styleId: "formal" } });
});

test("a slash in an empty field lists presets and parts, Escape comes back", async () => {
  const user = userEvent.setup();
  open("/", world);
  await user.type(await field(), "/");
  const search = await screen.findByRole("combobox", { name: "Search presets and parts" });
  await waitFor(() => expect(search).toHaveFocus());
  await user.keyboard("{Escape}");
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard("1/2");
  expect(await field()).toHaveValue("1/2");
});

test("a refused question stays, says why, and can be taken back for editing", async () => {
  const user = userEvent.setup();
  open("/", {
    ...world,
    answer: ({ path, method }) =>
      path === "/api/chat" && method === "POST"
        ? refusal(402, "payment_required:chat", "Your tokens of this month are used up.")
        : undefined,
  });
  await ready();
  await user.type(await field(), "Salve{Enter}");
  expect(await screen.findByText(/Your tokens of this month are used up/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Edit" }));
  expect(await field()).toHaveValue("Salve");
  expect(screen.queryByText(/used up/)).not.toBeInTheDocument();
});

test("what is typed survives a reload", async () => {
  const user = userEvent.setup();
  const first = open("/", world);
  await user.type(await field(), "half a question");
  first.unmount();
  open("/", world);
  expect(await field()).toHaveValue("half a question");
});

test("offline, nothing is sent and the text stays", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", { ...world, answer: answering });
  await ready();
  window.dispatchEvent(new Event("offline"));
  expect(await screen.findByText("You are offline. What you typed stays.")).toBeInTheDocument();
  await user.type(await field(), "Salve{Enter}");
  expect(posted(asked)).toBeUndefined();
  expect(await field()).toHaveValue("Salve");
  window.dispatchEvent(new Event("online"));
});

test("the row that Enter takes is told from the first on, and the rows go round", async () => {
  const user = userEvent.setup();
  open("/", world);
  await ready();
  await user.click(await field());
  await user.keyboard("{Alt>}[Digit2]{/Alt}");
  const search = await screen.findByRole("combobox", { name: "Search styles" });
  expect(search).toHaveFocus();
  const row = (name: string) => within(screen.getByRole("listbox", { name: "Styles" })).getByText(name);
  const marked = () => {
    const id = search.getAttribute("aria-activedescendant");
    return id && document.getElementById(id)?.textContent;
  };
  await waitFor(() => expect(row("Brief")).toBeInTheDocument());
  await waitFor(() => expect(marked()).toMatch(/^Brief/));
  await user.keyboard("{ArrowUp}");
  expect(marked()).toBe("New style …");
  await user.keyboard("{ArrowDown}{ArrowDown}");
  expect(marked()).toMatch(/^Formal/);
  await user.keyboard("{Tab}");
  expect(await screen.findByRole("button", { name: "Style: Formal" })).toBeInTheDocument();
  await waitFor(async () => expect(await field()).toHaveFocus());
});

test("the word of a type after the slash leads to its slot, and before a name narrows to it", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", world);
  await ready();
  await user.type(await field(), "/style");
  await screen.findByRole("option", { name: /Choose a style/ });
  // The focus goes from one list to the other: the field between them is not read out.
  const between = vi.fn();
  (await field()).addEventListener("focus", between);
  await user.keyboard("{Enter}");
  const styles = await screen.findByRole("combobox", { name: "Search styles" });
  await waitFor(() => expect(styles).toHaveAttribute("aria-activedescendant"));
  expect(styles).toHaveFocus();
  expect(between).not.toHaveBeenCalled();
  await user.keyboard("{Escape}");
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard("/style bri");
  await waitFor(() =>
    expect(asked.some(({ query }) => query.get("type") === "style" && query.get("q") === "bri")).toBe(true),
  );
  const list = screen.getByRole("listbox", { name: "Presets and parts" });
  expect(await within(list).findByRole("group", { name: "Styles" })).toBeInTheDocument();
  expect(within(list).getAllByRole("group")).toHaveLength(1);
});

test("what is typed at once after the slash is looked for, and never sent", async () => {
  const user = userEvent.setup({ delay: null });
  const { asked } = open("/", { ...world, answer: answering });
  await ready();
  await user.click(await field());
  await user.keyboard("/tutor{Enter}");
  expect(await screen.findByRole("button", { name: "Role: Tutor" })).toBeInTheDocument();
  expect(posted(asked)).toBeUndefined();
});

test("none empties every slot, and the preset is let go", async () => {
  const user = userEvent.setup();
  open("/", world);
  await user.click(await screen.findByRole("button", { name: /Lessons/, pressed: false }));
  await screen.findByRole("button", { name: "Role: Tutor" });
  await user.type(await field(), "/none");
  await screen.findByRole("option", { name: /None: empty all slots/ });
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("button", { name: "Role: none" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Preset: No preset" })).toBeInTheDocument();
});

test("the keys are told on one key", async () => {
  const user = userEvent.setup();
  open("/", world);
  await ready();
  await user.click(await field());
  await user.keyboard("{Control>}/{/Control}");
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeInTheDocument();
  await user.keyboard("{Escape}");
  await waitFor(async () => expect(await field()).toHaveFocus());
});
