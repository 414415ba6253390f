import { act, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Billing, UsageReport } from "@/api/billing";
import { type Asked, broken, json, ME, open, refusal } from "../../app";
import { aBilling, aReport, NOT_SOLD } from "./make";

const MODEL = {
  provider: "openai",
  model: "openai/gpt-6-luna",
  answers: 3,
  inputTokens: 900,
  outputTokens: 100,
};

/** Answers the plan's own questions; `also` comes first. */
function selling(
  billing: Billing | (() => Billing),
  report = aReport(),
  also?: (asked: Asked) => Response | undefined,
) {
  return {
    user: ME,
    answer: (asked: Asked) => {
      const said = also?.(asked);
      if (said) return said;
      if (asked.path === "/api/billing") return json(typeof billing === "function" ? billing() : billing);
      if (asked.path === "/api/usage") return json(report);
      if (asked.path === "/api/billing/refresh") return new Response(null, { status: 204 });
      return undefined;
    },
  };
}

const spent = (used: number): Billing["usage"] => ({ ...aBilling().usage, used, reserved: 2_000 });
const asks = (asked: Asked[], path: string) => asked.filter((one) => one.path === path).length;
const card = (name: string) => within(screen.getByRole("article", { name }));

test("meters say how much is used, what is reserved, and near the wall what an upgrade changes", async () => {
  const billing = aBilling({ counts: { components: 2, presets: 7 }, usage: spent(42_000) });
  const { container } = open("/plan", selling(billing));
  const tokens = await screen.findByRole("meter", { name: "Tokens" });
  expect(tokens).toHaveAttribute(
    "aria-valuetext",
    "42,000 of 50,000, 2,000 more reserved for answers being written",
  );
  expect(screen.getByText("84 % are spent. Pro has 500,000 tokens a month.")).toBeInTheDocument();
  expect(screen.getByRole("meter", { name: "Presets" })).toHaveAttribute("aria-valuenow", "5");
  expect(screen.getByText(/^2 more than the plan allows: they stay/)).toBeInTheDocument();
  expect(screen.getByText(/new ones on Dec 1, 2026/)).toBeInTheDocument();
  expect(card("Pro").getByText("10 times what you have now")).toBeInTheDocument();
  expect(card("Pro").getByText("new: Anthropic")).toBeInTheDocument();
  expect(card("Pro").getByText("$20 a month")).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
});

test("where nothing is sold it says so, and offers nothing to press", async () => {
  open(
    "/plan",
    selling(aBilling({ isConfigured: false, offers: NOT_SOLD, counts: { components: 17, presets: 1 } })),
  );
  expect(await screen.findByText(/^Plans are not sold on this server/)).toBeInTheDocument();
  expect(screen.getByText("Room for 3 more.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Choose|Change|Manage/ })).not.toBeInTheDocument();
});

test("a guest is asked to make an account first", async () => {
  open("/plan", { ...selling(aBilling()), user: { ...ME, isGuest: true } });
  expect(await screen.findByRole("link", { name: "Create an account to choose Pro" })).toHaveAttribute(
    "href",
    "/register?next=%2Fplan",
  );
});

test("a checkout that cannot begin says why, and can be tried again", async () => {
  const user = userEvent.setup();
  const { asked } = open(
    "/plan",
    selling(aBilling(), undefined, ({ path }) =>
      path === "/api/billing/checkout" ? refusal(503, "offline:billing", "The seller is away.") : undefined,
    ),
  );
  await user.click(await screen.findByRole("button", { name: "Choose Business" }));
  expect(await screen.findByText("The seller is away.")).toBeInTheDocument();
  expect(asked.find((one) => one.path === "/api/billing/checkout")?.body).toEqual({ plan: "business" });
  expect(screen.getByRole("button", { name: "Choose Business" })).toBeEnabled();
});

test("a plan that the seller knows of already is shown instead of sold twice", async () => {
  const user = userEvent.setup();
  let plan: Billing["plan"] = "free";
  open(
    "/plan",
    selling(
      () => aBilling({ plan }),
      undefined,
      ({ path }) => {
        if (path === "/api/billing/refresh") plan = "pro";
        return path === "/api/billing/checkout"
          ? refusal(409, "conflict:billing", "You have a plan already.")
          : undefined;
      },
    ),
  );
  await user.click(await screen.findByRole("button", { name: "Choose Pro" }));
  expect(await screen.findByRole("heading", { name: "Pro plan" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Manage" })).toBeEnabled();
});

test("who holds a plan changes and cancels it in the portal; a given one is not for changing", async () => {
  const { unmount } = open("/plan", selling(aBilling({ plan: "pro" })));
  expect(await screen.findByText(/It renews on Dec 10, 2026./)).toBeInTheDocument();
  expect(card("Business").getByRole("button", { name: "Change to Business" })).toBeEnabled();
  expect(card("Free").getByRole("button", { name: "Cancel Pro" })).toBeEnabled();
  unmount();
  open("/plan", selling(aBilling({ plan: "pro", source: "given", hasPortal: false })));
  expect(await screen.findByText(/It was given to you/)).toBeInTheDocument();
  expect(card("Business").queryByRole("button")).not.toBeInTheDocument();
});

test("coming back from the pay page, limits rise by themselves", async () => {
  let looks = 0;
  const { asked, router, container } = open(
    "/plan?checkout_id=c1",
    selling(
      () => aBilling({ plan: looks >= 2 ? "pro" : "free" }),
      undefined,
      // Away at first: that alone is no failure.
      ({ path }) => {
        if (path !== "/api/billing/refresh") return undefined;
        looks += 1;
        return looks === 1 ? refusal(503, "offline:billing", "Away.") : undefined;
      },
    ),
  );
  expect(await screen.findByText(/Your payment is being confirmed/)).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Choose Business" })).toBeDisabled();
  expect(await broken(container)).toEqual([]);
  expect(await screen.findByText(/You have Pro now/)).toBeInTheDocument();
  expect(screen.getByText("1,000 of 500,000")).toBeInTheDocument();
  await waitFor(() => expect(router.state.location.search).toEqual({}));
  expect(screen.getByText(/You have Pro now/)).toBeInTheDocument();
  // The account menu names the plan too.
  await waitFor(() => expect(asks(asked, "/api/auth/session")).toBeGreaterThan(1));
});

test("a payment that is not confirmed in a minute is no dead end", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  let plan: Billing["plan"] = "free";
  const { asked } = open(
    "/plan?checkout_id=c1",
    selling(() => aBilling({ plan })),
  );
  expect(await screen.findByText(/Your payment is being confirmed/)).toBeInTheDocument();
  for (let second = 0; second < 80; second += 1) await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(await screen.findByText(/No payment has been confirmed yet/)).toBeInTheDocument();
  const looks = asks(asked, "/api/billing/refresh");
  expect(looks).toBe(13);
  for (let second = 0; second < 40; second += 1) await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(asks(asked, "/api/billing/refresh")).toBe(looks);
  plan = "business";
  await user.click(screen.getByRole("button", { name: "Check again" }));
  expect(await screen.findByText(/You have Business now/)).toBeInTheDocument();
});

test("what was done in the portal is asked for at once", async () => {
  localStorage.setItem("quartet:left-for-portal", "yes");
  const { asked } = open("/plan", selling(aBilling({ plan: "pro" })));
  await waitFor(() => expect(asks(asked, "/api/billing/refresh")).toBe(1));
  expect(localStorage.getItem("quartet:left-for-portal")).toBeNull();
});

const REPORT: UsageReport = aReport({
  used: 1_000,
  days: aReport().days.map((day, number) => (number === 2 ? { ...day, used: 1_000, local: 500 } : day)),
  models: [
    { ...MODEL, isMetered: true },
    { ...MODEL, provider: "local", model: "local/smollm2", isMetered: false },
  ],
  presets: [
    { id: "p", name: "Launch", answers: 2, tokens: 800, share: 0.8 },
    { id: null, name: null, answers: 1, tokens: 200, share: 0.2 },
  ],
  components: [
    { id: "c", type: "context", name: "Bakery", exists: true, answers: 3, tokens: 90, share: 0.09 },
    { id: "d", type: "role", name: "Pilot", exists: false, answers: 1, tokens: 3, share: 0.003 },
  ],
});

test("where tokens went: by day, model, preset and part; the local model's are free", async () => {
  const user = userEvent.setup();
  const { container } = open("/plan", selling(aBilling(), REPORT));
  expect(
    await screen.findByRole("img", {
      name: "Tokens by day: 1,000 in all, most on Nov 3, 2026 with 1,000.",
    }),
  ).toBeInTheDocument();
  expect(screen.getByText(/The context “Bakery” is 9 % of your month\./)).toBeInTheDocument();
  expect(screen.getByRole("row", { name: /local\/smollm2\s*free 3 900 100/ })).toBeInTheDocument();
  expect(
    screen.getByRole("row", { name: /A free mix, or no prompt\s*1 answer 200 20 %/ }),
  ).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Bakery" })).toHaveAttribute("href", "/library?edit=c");
  expect(screen.queryByRole("link", { name: /Pilot/ })).not.toBeInTheDocument();
  expect(screen.getByText("Pilot (deleted)")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Show as a table" }));
  expect(screen.getByRole("row", { name: "Nov 3, 2026 1,000 500" })).toBeInTheDocument();
  expect(await broken(container)).toEqual([]);
});

test("nothing used yet is said in words; what did not load can be asked for again", async () => {
  const user = userEvent.setup();
  let broke = true;
  const also = ({ path }: Asked) =>
    broke && path === "/api/usage" ? refusal(400, "bad_request:api", "Unwell.") : undefined;
  open("/plan", selling(aBilling(), undefined, also));
  expect(await screen.findByText("Unwell.")).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "Free plan" })).toBeInTheDocument();
  broke = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing yet this month")).toBeInTheDocument();
});

test.each([
  ["/library", { components: 17, presets: 1 }, "You have 17 of the 20 parts of the Free plan. "],
  [
    "/presets",
    { components: 1, presets: 5 },
    "You have 5 of the 5 presets of the Free plan: nothing new can be made. ",
  ],
])("%s warns where a limit is near", async (page, counts, words) => {
  const { container } = open(page, selling(aBilling({ counts })));
  const link = await screen.findByRole("link", { name: "See the plans" });
  expect(link.closest("p")).toHaveTextContent(`${words}Pro keeps as many`);
  expect(link).toHaveAttribute("href", "/plan");
  expect(await broken(container)).toEqual([]);
});
