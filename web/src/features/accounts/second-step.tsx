import { Anchor, Button } from "@mantine/core";
import { useState } from "react";
import { explain, isRefusal } from "@/api/client";
import { useSecondFactor } from "@/api/entry";
import { CodeField } from "./code-field";
import classes from "./entry.module.css";

/** The code of the app, or one of the recovery codes. `onOver`: the sign-in must begin anew, and why. */
export function SecondStep(props: {
  challenge: string;
  onDone: () => Promise<void>;
  onOver: (why: string | null) => void;
}) {
  const enter = useSecondFactor(props.challenge);
  const [code, setCode] = useState("");
  const [recovers, setRecovers] = useState(false);
  const isWrong = isRefusal(enter.error, 401);

  function submit(given: string) {
    if (given.trim() === "" || enter.isPending) return;
    enter.mutate(given.trim(), {
      onSuccess: props.onDone,
      onError: (error) => {
        if (isRefusal(error, 401) && error.code === "unauthorized:auth") props.onOver(error.message);
      },
    });
  }

  function change(given: string) {
    setCode(given);
    if (enter.isError) enter.reset();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit(code);
      }}
    >
      <CodeField
        key={String(recovers)}
        kind={recovers ? "recovery" : "app"}
        value={code}
        error={isWrong ? explain(enter.error) : undefined}
        autoFocus
        onChange={change}
        onComplete={submit}
      />
      {enter.error && !isWrong ? (
        <p className={classes.refusal} role="alert">
          {explain(enter.error)}
        </p>
      ) : null}
      <Button type="submit" fullWidth mt="lg" loading={enter.isPending}>
        Sign in
      </Button>
      <div className={classes.instead}>
        <Anchor
          component="button"
          type="button"
          fz="sm"
          c="var(--q-accent)"
          onClick={() => {
            change("");
            setRecovers(!recovers);
          }}
        >
          {recovers ? "Use the authenticator app" : "Use a recovery code"}
        </Anchor>
        <Anchor
          component="button"
          type="button"
          fz="sm"
          c="var(--q-accent)"
          onClick={() => props.onOver(null)}
        >
          Start again
        </Anchor>
      </div>
    </form>
  );
}
