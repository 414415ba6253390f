import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { json, open, refusal, stream } from "../../app";
import { answer, begin, CHAT, chat, finish, isAsk, type Kept, live, question, world } from "./conversation";

test("a refused second try keeps the answer that was there", async () => {
  const user = userEvent.setup();
  const kept: Kept = {
    chat: chat({ totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  let refused = true;
  const { asked } = open(
    `/chat/${CHAT}`,
    world(kept, (asked) => {
      if (!isAsk(asked)) return undefined;
      if (refused) return refusal(402, "payment_required:chat", "Your tokens are used up.");
      return stream(...begin("a2", "Done better."), ...finish());
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Answer again" }));
  expect(await screen.findByText("Not sent. Your tokens are used up.")).toBeInTheDocument();
  expect(await screen.findByText("Done.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Edit" })).not.toBeInTheDocument();
  refused = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Done better.")).toBeInTheDocument();
  const bodies = asked.filter(isAsk).map(({ body }) => (body as { trigger: string }).trigger);
  expect(bodies).toEqual(["regenerate-message", "regenerate-message"]);
});

test("a second try that says nothing does not take the first answer's place", async () => {
  const user = userEvent.setup();
  const kept: Kept = {
    chat: chat({ totalTokens: 100 }),
    messages: [question("q1", "Plan it"), answer("a1", "Done.")],
  };
  open(
    `/chat/${CHAT}`,
    world(kept, (asked) =>
      isAsk(asked)
        ? stream(
            { type: "start", messageId: "a2" },
            { type: "start-step" },
            { type: "data-usage", data: { totalTokens: 5 } },
            { type: "data-outcome", data: { outcome: "failed", message: "The vendor is down." } },
            { type: "error", errorText: "The vendor is down." },
          )
        : undefined,
    ),
  );
  await user.click(await screen.findByRole("button", { name: "Answer again" }));
  expect(await screen.findByText(/the one before was kept\. The vendor is down\./)).toBeInTheDocument();
  expect(screen.getByText("Done.")).toBeInTheDocument();
  expect(screen.getAllByRole("article", { name: "Answer" })).toHaveLength(1);
  expect(screen.getAllByText(/The vendor is down\./)).toHaveLength(1);
});

test("a question can be edited while it is answered", async () => {
  const user = userEvent.setup();
  const first = live();
  const { asked } = open(
    "/",
    world({ chat: chat(), messages: [] }, (one) => {
      if (one.method === "DELETE") return json({ deletedCount: 1 });
      if (!isAsk(one)) return undefined;
      const { text } = (one.body as { message: { parts: { text: string }[] } }).message.parts[0] ?? {};
      return text === "Plan it" ? first.response : stream(...begin("a2", "Done well."), ...finish());
    }),
  );
  await screen.findByRole("button", { name: "Model: Small" });
  await user.type(await screen.findByLabelText("Your message"), "Plan it{Enter}");
  first.say(...begin("a1", "Half "));
  expect(await screen.findByText("Half")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Edit the question" }));
  await user.type(screen.getByLabelText("Your question, changed"), " well{Enter}");
  expect(await screen.findByText("Done well.")).toBeInTheDocument();
  expect(screen.queryByText("Half")).not.toBeInTheDocument();
  expect(screen.getAllByRole("article", { name: "Answer" })).toHaveLength(1);
  expect(asked.filter(isAsk)).toHaveLength(2);
});

test("a question without an answer says so and can be answered", async () => {
  const user = userEvent.setup();
  const kept: Kept = { chat: chat({ totalTokens: 50 }), messages: [question("q1", "Plan it")] };
  open(
    `/chat/${CHAT}`,
    world(kept, (asked) => (isAsk(asked) ? stream(...begin("a1", "Done."), ...finish()) : undefined)),
  );
  expect(await screen.findByText("This question has no answer.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Done.")).toBeInTheDocument();
});
