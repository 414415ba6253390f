import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, json, ME, open, stream } from "../../app";
import {
  answer,
  begin,
  CHAT,
  chat,
  finish,
  isAsk,
  type Kept,
  live,
  question,
  row,
  world,
} from "./conversation";

const reads = (asked: Asked[]) => asked.filter(({ path }) => path === "/api/messages").length;
const resumes = (asked: Asked[]) => asked.filter(({ path }) => path.endsWith("/stream")).length;

test("an answer that runs when the page opens is followed from its beginning, and once", async () => {
  const running = live();
  const kept: Kept = { chat: chat({ isRunning: true }), messages: [question("q1", "Plan it")] };
  const { asked } = open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? running.response : undefined)),
  );
  expect(await screen.findByText("Plan it")).toBeInTheDocument();
  await waitFor(() => expect(resumes(asked)).toBe(1));
  // Nothing was sent from here.
  expect(await screen.findByText("Answer in progress …")).toBeInTheDocument();
  expect(screen.queryByText("Sending …")).not.toBeInTheDocument();
  running.say(...begin("a1", "First "));
  expect(await screen.findByText("First")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Stop the answer" })).toBeInTheDocument();
  kept.chat = chat({ totalTokens: 100 });
  kept.messages.push(answer("a1", "First and last."));
  running.say({ type: "text-delta", id: "1", delta: "and last." }, ...finish());
  running.end();
  expect(await screen.findByText("First and last.")).toBeInTheDocument();
  expect(await screen.findByText("Answer complete.")).toBeInTheDocument();
  expect(await screen.findByText("100 tokens", { exact: true, selector: "header span" })).toBeInTheDocument();
  expect(resumes(asked)).toBe(1);
  // Once to open the chat, once to follow: what was heard to its end is not read again.
  expect(reads(asked)).toBe(2);
});

test("a running second try stands in the place of the first", async () => {
  const running = live();
  const kept: Kept = {
    chat: chat({ isRunning: true, totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? running.response : undefined)),
  );
  running.say(...begin("a2", "Done better."));
  expect(await screen.findByText("Done better.")).toBeInTheDocument();
  expect(screen.queryByText("Done.")).not.toBeInTheDocument();
});

test("an answer that cannot be followed from here is read when it is over", async () => {
  const kept: Kept = { chat: chat({ isRunning: true }), messages: [question("q1", "Plan it")] };
  const { asked } = open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? new Response(null, { status: 204 }) : undefined)),
  );
  expect(await screen.findByText("Answer in progress …")).toBeInTheDocument();
  await waitFor(() => expect(resumes(asked)).toBe(1));
  kept.chat = chat({ totalTokens: 100 });
  kept.messages.push(answer("a1", "Spoken elsewhere."));
  expect(await screen.findByText("Spoken elsewhere.")).toBeInTheDocument();
  expect(screen.queryByText("Answer in progress …")).not.toBeInTheDocument();
  expect(resumes(asked)).toBe(1);
});

test("an answer that is over, though the server was heard saying that it runs, stays", async () => {
  const kept: Kept = {
    chat: chat({ isRunning: true, totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  const { asked } = open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? new Response(null, { status: 204 }) : undefined)),
  );
  await waitFor(() => expect(resumes(asked)).toBe(1));
  expect(screen.getByText("Done.")).toBeInTheDocument();
  kept.chat = chat({ totalTokens: 100 });
  await waitFor(() => expect(screen.queryByText("Answer in progress …")).not.toBeInTheDocument());
  expect(screen.getByText("Done.")).toBeInTheDocument();
});

test("a first look at the chat that was asked for too early is asked for again", async () => {
  const user = userEvent.setup();
  const running = live();
  const early: { answer?: (response: Response) => void } = {};
  const { asked } = open("/", {
    user: ME,
    answer: (one) => {
      if (isAsk(one)) return running.response;
      if (!/^\/api\/chat\/[^/]+$/.test(one.path)) return undefined;
      const id = one.path.split("/")[3];
      if (early.answer) return json(chat({ id, totalTokens: 100 }));
      // Under way until the answer is over.
      return new Promise<Response>((resolve) => {
        early.answer = resolve;
      }) as never;
    },
  });
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "Plan it{Enter}");
  running.say(...begin("a1", "Done."));
  await waitFor(() => expect(early.answer).toBeDefined());
  running.say(...finish());
  running.end();
  expect(await screen.findByRole("button", { name: "Copy the answer" })).toBeInTheDocument();
  early.answer?.(json(chat({ isRunning: true })));
  expect(await screen.findByText("100 tokens", { selector: "header span" })).toBeInTheDocument();
  expect(screen.queryByText("Answer in progress …")).not.toBeInTheDocument();
  expect(resumes(asked)).toBe(0);
});

test("another tab's question and answer are followed here", async () => {
  const running = live();
  const kept: Kept = {
    chat: chat({ totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? running.response : undefined)),
  );
  expect(await screen.findByText("Done.")).toBeInTheDocument();
  kept.chat = chat({ totalTokens: 100, isRunning: true });
  kept.messages.push(question("q2", "And then?"));
  const other = new BroadcastChannel("quartet:chats");
  other.postMessage(CHAT);
  other.close();
  expect(await screen.findByText("And then?")).toBeInTheDocument();
  running.say(...begin("a2", "Then this."));
  expect(await screen.findByText("Then this.")).toBeInTheDocument();
  expect(screen.getByText("Done.")).toBeInTheDocument();
});

test("what was said elsewhere meanwhile is read when the page is looked at again", async () => {
  const kept: Kept = {
    chat: chat({ totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  open(`/chat/${CHAT}`, world(kept));
  expect(await screen.findByText("Done.")).toBeInTheDocument();
  kept.chat = chat({ totalTokens: 250 });
  kept.messages = [question("q1", "Plan it"), answer("a2", "Done better.", undefined, 150)];
  window.dispatchEvent(new Event("visibilitychange"));
  expect(await screen.findByText("Done better.")).toBeInTheDocument();
  expect(screen.queryByText("Done.")).not.toBeInTheDocument();
});

test("a line that ends without saying how is taken up again", async () => {
  const [cut, rest] = [live(), live()];
  const lines = [cut, rest];
  const kept: Kept = { chat: chat({ isRunning: true }), messages: [question("q1", "Plan it")] };
  const { asked } = open(
    `/chat/${CHAT}`,
    world(kept, ({ path }) => (path.endsWith("/stream") ? lines.shift()?.response : undefined)),
  );
  cut.say(...begin("a1", "First "));
  expect(await screen.findByText("First")).toBeInTheDocument();
  cut.end();
  await waitFor(() => expect(resumes(asked)).toBe(2), { timeout: 8_000 });
  rest.say(...begin("a1", "First and last."), ...finish());
  rest.end();
  expect(await screen.findByText("First and last.")).toBeInTheDocument();
  expect(screen.getAllByRole("article", { name: "Answer" })).toHaveLength(1);
});

test("a broken line reconnects and follows on", async () => {
  const user = userEvent.setup();
  const [first, rest] = [live(), live()];
  const kept: Kept = {
    chat: chat({ totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  open(
    `/chat/${CHAT}`,
    world(kept, (asked) => {
      if (isAsk(asked)) {
        const { id } = (asked.body as { message: { id: string } }).message;
        kept.messages.push(question(id, "And then?"));
        kept.chat = chat({ totalTokens: 100, isRunning: true });
        return first.response;
      }
      return asked.path.endsWith("/stream") ? rest.response : undefined;
    }),
  );
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "And then?{Enter}");
  first.say(...begin("a2", "Half "));
  expect(await screen.findByText("Half")).toBeInTheDocument();
  first.break();
  await screen.findByText("Connection lost. Reconnecting …");
  rest.say(...begin("a2", "Half and whole."), ...finish());
  rest.end();
  expect(await screen.findByText("Half and whole.")).toBeInTheDocument();
  expect(screen.getAllByText("And then?")).toHaveLength(1);
  expect(screen.getByText("Done.")).toBeInTheDocument();
});

test("while its line is broken, an answer has not ended", async () => {
  const user = userEvent.setup();
  const said = live();
  let down = false;
  open(
    `/chat/${CHAT}`,
    world({ chat: chat(), messages: [question("q1", "Plan it"), answer("a1", "Done.")] }, (asked) => {
      if (down) throw new TypeError("Failed to fetch");
      return isAsk(asked) ? said.response : undefined;
    }),
  );
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "And then?{Enter}");
  said.say(...begin("a2", "Half "));
  expect(await screen.findByText("Half")).toBeInTheDocument();
  down = true;
  said.break();
  await screen.findByText("Connection lost. Reconnecting …");
  expect(screen.getByText("Half")).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: "Copy the answer" })).toHaveLength(1);
  expect(screen.queryByRole("button", { name: "Answer again" })).not.toBeInTheDocument();
});

test("an answer that could not be saved stays on the page, with what the server says", async () => {
  const user = userEvent.setup();
  const { asked } = open(
    "/",
    world({ chat: chat(), messages: [] }, (asked) =>
      isAsk(asked)
        ? stream(
            ...begin("a1", "Precious."),
            { type: "text-end", id: "1" },
            { type: "data-usage", data: { totalTokens: 100 } },
            { type: "error", errorText: "The answer could not be saved." },
          )
        : undefined,
    ),
  );
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "Plan it{Enter}");
  expect(await screen.findByText("The answer could not be saved.")).toBeInTheDocument();
  expect(screen.getByText("Precious.")).toBeInTheDocument();
  expect(reads(asked)).toBe(0);
});

test("a better title shows up by itself, in the list too", async () => {
  const user = userEvent.setup();
  const title = "A launch in three steps";
  let known = row({ title: "Plan it" });
  let better = false;
  open("/", {
    user: ME,
    answer: (asked) => {
      if (isAsk(asked)) {
        known = row({ id: (asked.body as { id: string }).id, title: "Plan it" });
        return stream(...begin("a1", "Done."), ...finish());
      }
      if (asked.path === "/api/history") return json({ chats: [known], hasMore: false });
      if (asked.path !== `/api/chat/${known.id}`) return undefined;
      return json(chat({ ...known, title: better ? title : known.title, totalTokens: 100 }));
    },
  });
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "Plan it{Enter}");
  await screen.findByText("Done.");
  expect(await screen.findByRole("heading", { name: "Plan it" })).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Plan it" })).toBeInTheDocument();
  better = true;
  expect(await screen.findByRole("heading", { name: title })).toBeInTheDocument();
  // The list is not asked again: it still has the first title.
  expect(await screen.findByRole("link", { name: title })).toBeInTheDocument();
});
