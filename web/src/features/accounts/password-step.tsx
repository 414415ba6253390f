import { Button, Group, PasswordInput } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";
import classes from "./account.module.css";
import { Refused, wrongPassword } from "./refused";

/** Asks for the password, where there is one, and does with it what needs it. */
export function PasswordStep<Answer>(props: {
  lead: string;
  action: string;
  isDangerous?: boolean;
  hasPassword?: boolean;
  act: UseMutationResult<Answer, Error, string | null>;
  onDone?: () => void;
  onCancel: () => void;
}) {
  const { act, hasPassword = true } = props;
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const wrong = missing ? "Enter your password." : wrongPassword(act.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(hasPassword && password === "");
        if (!hasPassword || password !== "")
          act.mutate(hasPassword ? password : null, { onSuccess: props.onDone });
      }}
    >
      <p className={classes.step}>{props.lead}</p>
      {hasPassword ? (
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          data-autofocus
          value={password}
          error={wrong}
          onChange={(event) => {
            setPassword(event.currentTarget.value);
            setMissing(false);
            if (act.isError) act.reset();
          }}
        />
      ) : null}
      <Refused error={wrongPassword(act.error) ? null : act.error} next="/account" />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button type="submit" color={props.isDangerous ? "danger" : undefined} loading={act.isPending}>
          {props.action}
        </Button>
      </Group>
    </form>
  );
}
