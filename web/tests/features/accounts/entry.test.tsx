import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Asked, broken, json, ME, open, refusal } from "../../app";

type Answer = (asked: Asked) => Response | undefined;

const CHALLENGED: Answer = ({ path }) =>
  path === "/api/auth/login"
    ? refusal(401, "unauthorized:second_factor", "Enter the code.", undefined, { challenge: "c1" })
    : undefined;

async function signIn(answer: Answer, next = "") {
  const user = userEvent.setup();
  const page = open(`/sign-in${next}`, { user: null, answer });
  await user.type(await screen.findByLabelText("E-mail"), "me@example.com");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  return { user, ...page };
}

test("a second factor is asked for, and sent with the challenge as soon as it is whole", async () => {
  let isIn = false;
  const { user, asked, router, container } = await signIn((one) => {
    if (one.path === "/api/auth/session") return json({ user: isIn ? ME : null, plan: isIn ? "free" : null });
    if (one.path !== "/api/auth/second-factor") return CHALLENGED(one);
    isIn = true;
    return json(ME);
  }, "?next=/plan");
  const code = await screen.findByRole("textbox", { name: "Code" });
  expect(code).toHaveFocus();
  expect(await broken(container)).toEqual([]);
  await user.type(code, "123456");
  await expect.poll(() => router.state.location.pathname).toBe("/plan");
  expect(asked.find(({ path }) => path === "/api/auth/second-factor")?.body).toEqual({
    challenge: "c1",
    code: "123456",
  });
});

test("a wrong code can be corrected, a recovery code taken instead, and one can start again", async () => {
  const { user, asked } = await signIn((one) =>
    one.path === "/api/auth/second-factor"
      ? refusal(401, "unauthorized:second_factor", "This code is wrong, or was used before.")
      : CHALLENGED(one),
  );
  await user.type(await screen.findByRole("textbox", { name: "Code" }), "000000");
  expect(await screen.findByText("This code is wrong, or was used before.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Use a recovery code" }));
  await user.type(screen.getByRole("textbox", { name: "Recovery code" }), "abcde-fghij{Enter}");
  await expect.poll(() => asked.at(-1)?.body).toEqual({ challenge: "c1", code: "abcde-fghij" });
  await user.click(screen.getByRole("button", { name: "Start again" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
});

test("a challenge that is over leads back to the password, and says why", async () => {
  const { user } = await signIn((one) =>
    one.path === "/api/auth/second-factor"
      ? refusal(401, "unauthorized:auth", "This sign-in took too long or too many attempts. Start again.")
      : CHALLENGED(one),
  );
  await user.type(await screen.findByRole("textbox", { name: "Code" }), "123456");
  expect(await screen.findByRole("alert")).toHaveTextContent("took too long");
  expect(screen.getByLabelText("E-mail")).toBeInTheDocument();
});

const OFTEN: Answer = ({ path }) =>
  path.startsWith("/api/auth/") && !/session|providers/.test(path)
    ? refusal(429, "rate_limit:auth", "That was too often. Wait a while and try again.", undefined, {
        retryAfter: 40,
      })
    : undefined;

test("whoever tries too often is told when to try again, and nothing tries by itself", async () => {
  const { asked } = await signIn(OFTEN);
  expect(await screen.findByRole("alert")).toHaveTextContent("That was too often. Try again in 40 seconds.");
  expect(asked.filter(({ path }) => path === "/api/auth/login")).toHaveLength(1);
});

test("so is who becomes a guest too often", async () => {
  const user = userEvent.setup();
  open("/sign-in", { user: null, answer: OFTEN });
  await user.click(await screen.findByRole("link", { name: "Continue as guest" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Try again in 40 seconds.");
});

test("providers are offered, and what went wrong there is said", async () => {
  const { container } = open("/sign-in?next=/plan&error=email_taken", {
    user: null,
    answer: ({ path }) =>
      path === "/api/auth/providers" ? json({ items: [{ id: "github", name: "GitHub" }] }) : undefined,
  });
  expect(await screen.findByRole("link", { name: "Continue with GitHub" })).toHaveAttribute(
    "href",
    "/api/auth/oauth/github?redirectUrl=%2Fplan",
  );
  expect(screen.getByRole("alert")).toHaveTextContent("already an account with this e-mail address");
  expect(await broken(container)).toEqual([]);
});
