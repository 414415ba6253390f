import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, atNoon, broken, json, ME, open, refusal } from "../../app";
import { aComponent, aPreset } from "../../make";

const tutor = aComponent({ id: "tutor", type: "role", name: "Tutor" });
const critic = aComponent({ id: "critic", type: "role", name: "Critic" });
const lessons = aPreset("lessons", { role: "tutor" }, { name: "Lessons" });

/** Two roles, of which the first is in a preset; deleting and restoring work, unless `refused` answers. */
function aServer(refused: (asked: Asked) => Response | undefined = () => undefined) {
  const roles = new Map([tutor, critic].map((role) => [role.id, role]));
  const trash = new Map<string, typeof tutor>();
  const when = new Date(Date.now() - 60_000).toISOString();
  const later = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const answer = (asked: Asked) => {
    const { path, method, query } = asked;
    const no = refused(asked);
    if (no) return no;
    const [, , room, id = "", act] = path.split("/");
    const role = roles.get(id);
    const gone = trash.get(id);
    if (room === "components" && id === "" && query.get("type") === "role") {
      return json({ items: [...roles.values()], nextCursor: null });
    }
    if (room === "components" && method === "DELETE" && role) {
      roles.delete(id);
      trash.set(id, role);
      return json({ presets: id === "tutor" ? [{ id: "lessons", name: "Lessons" }] : [] });
    }
    if (room === "trash" && act === "restore" && gone) {
      trash.delete(id);
      roles.set(id, gone);
      return json({ kind: "component", component: gone, preset: null, presets: [] });
    }
    if (room === "trash" && method === "DELETE") {
      if (id) trash.delete(id);
      else trash.clear();
      return new Response(null, { status: 204 });
    }
    if (room === "trash" && method === "GET") {
      const items = [...trash.values()].map(({ id, type, name }) => ({
        ...{ id, kind: "component", type, name },
        ...{ deletedAt: when, goneAt: later },
      }));
      return json({ items, nextCursor: null });
    }
    return undefined;
  };
  return { world: { user: ME, presets: [lessons], answer }, roles, trash };
}

async function askToDelete(user: ReturnType<typeof userEvent.setup>, name: string) {
  await user.click(await screen.findByRole("button", { name: `More about “${name}”` }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
}

test("what nothing speaks with is deleted at once, and comes back by Undo", async () => {
  const user = userEvent.setup();
  const server = aServer();
  const { container } = open("/library/role", server.world);
  await askToDelete(user, "Critic");
  const toast = await screen.findByRole("alert");
  expect(toast).toHaveTextContent("“Critic” is deleted.");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Critic" })).not.toBeInTheDocument());
  await waitFor(() => expect(screen.getByRole("link", { name: "Tutor" })).toHaveFocus());
  expect(await broken(container)).toEqual([]);
  await user.click(within(toast).getByRole("button", { name: "Undo" }));
  expect(await screen.findByText("It is back.")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
  expect(server.trash.size).toBe(0);
});

test("Ctrl+Z takes back the last deletion only", async () => {
  const user = userEvent.setup();
  const server = aServer();
  open("/library/role", server.world);
  await askToDelete(user, "Critic");
  await screen.findByText("“Critic” is deleted.");
  await askToDelete(user, "Tutor");
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete" }));
  await screen.findByText("“Tutor” is deleted. 1 preset lost it.");
  await user.keyboard("{Control>}z{/Control}");
  expect(await screen.findByRole("link", { name: "Tutor" })).toBeInTheDocument();
  expect([...server.trash.keys()]).toEqual(["critic"]);
  await user.keyboard("{Control>}z{/Control}");
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
});

test("what a preset speaks with is deleted only after the preset was named", async () => {
  const user = userEvent.setup();
  const server = aServer();
  open("/library/role", server.world);
  await askToDelete(user, "Tutor");
  const question = await screen.findByRole("dialog", { name: "Delete “Tutor”?" });
  expect(question).toHaveTextContent("1 preset will be incomplete without it: Lessons.");
  expect(server.roles.has("tutor")).toBe(true);
  await user.click(within(question).getByRole("button", { name: "Cancel" }));
  expect(server.roles.has("tutor")).toBe(true);
});

test("an Undo that fails says why and stays", async () => {
  const user = userEvent.setup();
  let full = true;
  const server = aServer(({ path }) =>
    full && path.endsWith("/restore")
      ? refusal(402, "payment_required:component", "Your plan keeps 20 parts.")
      : undefined,
  );
  open("/library/role", server.world);
  await askToDelete(user, "Critic");
  const undo = await screen.findByRole("button", { name: "Undo" });
  await user.click(undo);
  expect(await screen.findByText("Your plan keeps 20 parts.")).toBeInTheDocument();
  full = false;
  await user.click(undo);
  expect(await screen.findByRole("link", { name: "Critic" })).toBeInTheDocument();
});

test("the trash gives back, and deletes for good only when it is told twice", async () => {
  atNoon();
  const user = userEvent.setup();
  const server = aServer();
  for (const role of [tutor, critic]) {
    server.roles.delete(role.id);
    server.trash.set(role.id, role);
  }
  const { container } = open("/trash", server.world);
  const rows = await screen.findAllByRole("listitem");
  expect(rows[0]).toHaveTextContent("Role · deleted today · gone for good in 30 days");
  expect(await broken(container)).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Restore “Tutor”" }));
  await screen.findByText("“Tutor” is back.");
  expect(screen.getByRole("button", { name: "Restore “Critic”" })).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Delete “Critic” for good" }));
  expect(server.trash.has("critic")).toBe(true);
  await user.click(await screen.findByRole("button", { name: "Delete for good" }));
  expect(await screen.findByRole("heading", { name: "The trash is empty" })).toBeInTheDocument();
  expect(server.trash.size).toBe(0);
});

test("the whole trash is emptied only when it is told twice", async () => {
  const user = userEvent.setup();
  const server = aServer();
  server.trash.set("tutor", tutor);
  open("/trash", server.world);
  await user.click(await screen.findByRole("button", { name: "Empty the trash" }));
  const question = await screen.findByRole("dialog", { name: "Empty the trash?" });
  expect(server.trash.size).toBe(1);
  await user.click(within(question).getByRole("button", { name: "Empty the trash" }));
  expect(await screen.findByRole("heading", { name: "The trash is empty" })).toBeInTheDocument();
});
