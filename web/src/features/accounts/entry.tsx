import { Button, PasswordInput, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link, useRouter } from "@tanstack/react-router";
import { explain, isRefusal } from "@/api/client";
import { useSignIn } from "@/api/session";
import { Wordmark } from "@/components/wordmark";
import classes from "./entry.module.css";

const WORDS = {
  login: {
    title: "Sign in",
    lead: "Good to see you again.",
    action: "Sign in",
    other: "No account yet?",
    instead: "Create one",
  },
  register: {
    title: "Create an account",
    lead: "Your chats, parts and presets are kept under it.",
    action: "Create account",
    other: "Already have an account?",
    instead: "Sign in",
  },
};

const PASSWORD = { least: 8, most: 72 };

function passwordTrouble(password: string, how: keyof typeof WORDS): string | null {
  if (password === "") return "Enter your password.";
  if (how === "login") return null;
  const size = new TextEncoder().encode(password).length;
  if (size < PASSWORD.least) return `At least ${PASSWORD.least} characters.`;
  return size > PASSWORD.most ? `At most ${PASSWORD.most} bytes.` : null;
}

/** Sign in and register: one card, two wordings. `next` is a path of ours to go on to. */
export function Entry({ how, next, isGuest }: { how: keyof typeof WORDS; next: string; isGuest: boolean }) {
  const router = useRouter();
  const enter = useSignIn(how);
  const words = WORDS[how];
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : "Enter an e-mail address."),
      password: (password) => passwordTrouble(password, how),
    },
  });

  function submit(values: { email: string; password: string }) {
    enter.mutate(
      { email: values.email.trim(), password: values.password },
      {
        onSuccess: async () => {
          await router.invalidate();
          await router.navigate({ to: next, replace: true });
        },
        onError: (error) => {
          if (isRefusal(error, 409)) form.setFieldError("email", error.message);
          else if (isRefusal(error)) {
            form.setErrors(Object.fromEntries(error.errors.map((wrong) => [wrong.path, wrong.message])));
          }
        },
      },
    );
  }

  const beside = isRefusal(enter.error) && (enter.error.status === 409 || enter.error.errors.length > 0);
  return (
    <main className={classes.page}>
      <title>{`${words.title} · Quartet`}</title>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Wordmark />
        </div>
        <div className={classes.box}>
          <h1>{words.title}</h1>
          <p className={classes.lead}>{words.lead}</p>
          <form onSubmit={form.onSubmit(submit)} noValidate>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              autoFocus
              {...form.getInputProps("email")}
            />
            <PasswordInput
              mt="md"
              label="Password"
              description={how === "register" ? `At least ${PASSWORD.least} characters` : undefined}
              autoComplete={how === "login" ? "current-password" : "new-password"}
              {...form.getInputProps("password")}
            />
            {enter.error && !beside ? (
              <Text role="alert" c="var(--q-danger)" size="sm" mt="md">
                {explain(enter.error)}
              </Text>
            ) : null}
            <Button type="submit" fullWidth mt="lg" loading={enter.isPending}>
              {words.action}
            </Button>
          </form>
          {isGuest ? null : (
            <>
              <div className={classes.or}>or</div>
              <Button
                component="a"
                href={`/api/auth/guest?redirectUrl=${encodeURIComponent(next)}`}
                variant="default"
                fullWidth
              >
                Continue as guest
              </Button>
            </>
          )}
        </div>
        <p className={classes.other}>
          {words.other}{" "}
          <Link to={how === "login" ? "/register" : "/sign-in"} search={{ next }}>
            {words.instead}
          </Link>
        </p>
      </div>
    </main>
  );
}
