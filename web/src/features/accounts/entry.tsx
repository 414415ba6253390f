import { Link, useRouter } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { isRefusal } from "@/api/client";
import { Wordmark } from "@/components/wordmark";
import classes from "./entry.module.css";
import { troubleOf } from "./entry-troubles";
import { OtherWays } from "./other-ways";
import { PasswordForm } from "./password-form";
import { SecondStep } from "./second-step";

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

/** Sign in and register: one card, two wordings. `next` is a path of ours to go on to, `error` what a provider said. */
export function Entry(props: {
  how: keyof typeof WORDS;
  next: string;
  error: string | undefined;
  isGuest: boolean;
  /** Whoever comes here has just deleted their account. */
  isGone: boolean;
}) {
  const { how, next, isGuest } = props;
  const router = useRouter();
  const words = WORDS[how];
  const [challenge, setChallenge] = useState<string | null>(null);
  const [trouble, setTrouble] = useState(troubleOf(props.error));

  async function goOn() {
    await router.invalidate();
    await router.navigate({ to: next, replace: true });
  }

  function refused(error: unknown) {
    setTrouble(null);
    if (isRefusal(error) && error.challenge) setChallenge(error.challenge);
  }

  if (challenge) {
    return (
      <Card title="One more step" lead="Enter the code that your authenticator app shows.">
        <SecondStep
          challenge={challenge}
          onDone={goOn}
          onOver={(why) => {
            setChallenge(null);
            setTrouble(why);
          }}
        />
      </Card>
    );
  }
  return (
    <Card
      title={words.title}
      lead={isGuest && how === "register" ? "Everything you made as a guest stays yours." : words.lead}
      below={
        <>
          {words.other}{" "}
          <Link to={how === "login" ? "/register" : "/sign-in"} search={{ next }}>
            {words.instead}
          </Link>
        </>
      }
    >
      {props.isGone ? (
        <p className={classes.notice} role="status">
          Your account is deleted, with everything in it.
        </p>
      ) : null}
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {trouble}
        </p>
      ) : null}
      <PasswordForm how={how} action={words.action} onDone={goOn} onRefused={refused} />
      <OtherWays next={next} isGuest={isGuest} onDone={goOn} />
    </Card>
  );
}

function Card(props: { title: string; lead: string; children: ReactNode; below?: ReactNode }) {
  return (
    <main className={classes.page}>
      <title>{`${props.title} · Quartet`}</title>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Wordmark />
        </div>
        <div className={classes.box}>
          <h1>{props.title}</h1>
          <p className={classes.lead}>{props.lead}</p>
          {props.children}
        </div>
        {props.below ? <p className={classes.other}>{props.below}</p> : null}
      </div>
    </main>
  );
}
