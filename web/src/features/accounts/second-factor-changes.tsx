import { Button, Group, Modal, PasswordInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { UseMutationResult } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useDisableSecondFactor, useRenewRecoveryCodes } from "@/api/account";
import classes from "./account.module.css";
import { CodeField } from "./code-field";
import { RecoveryCodes } from "./recovery-codes";
import { Refused, wrongCode, wrongPassword } from "./refused";

interface Dialog {
  opened: boolean;
  onClose: () => void;
}

/** Makes ten new recovery codes, which end the old ones. */
export function RenewRecoveryCodes({ opened, onClose }: Dialog) {
  const renew = useRenewRecoveryCodes();
  const codes = renew.data?.recoveryCodes ?? null;
  const close = () => {
    onClose();
    renew.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={codes ? "Keep your recovery codes" : "New recovery codes"}
      closeOnClickOutside={codes === null}
      closeOnEscape={codes === null}
      withCloseButton={codes === null}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={close} />
      ) : (
        <BothFactors
          lead="The old codes stop working at once."
          action="Make new codes"
          act={renew}
          onCancel={close}
        />
      )}
    </Modal>
  );
}

/** Turns two-factor sign-in off. */
export function TurnOffSecondFactor({ opened, onClose }: Dialog) {
  const disable = useDisableSecondFactor();
  const close = () => {
    onClose();
    disable.reset();
  };
  return (
    <Modal opened={opened} onClose={close} title="Turn off two-factor sign-in?">
      <BothFactors
        lead="After this your password alone signs you in. The recovery codes are gone too."
        action="Turn off"
        isDangerous
        act={disable}
        onDone={() => {
          close();
          notifications.show({ message: "Two-factor sign-in is off." });
        }}
        onCancel={close}
      />
    </Modal>
  );
}

/** Asks for the password and a code. */
function BothFactors<Answer>(props: {
  lead: string;
  action: string;
  isDangerous?: boolean;
  act: UseMutationResult<Answer, Error, { password: string; code: string }>;
  onDone?: () => void;
  onCancel: () => void;
}) {
  const { act } = props;
  const [given, setGiven] = useState({ password: "", code: "" });
  const [isChecked, setChecked] = useState(false);
  const missing = (value: string, what: string) => (isChecked && value.trim() === "" ? what : undefined);

  function change(part: Partial<typeof given>) {
    setGiven({ ...given, ...part });
    if (act.isError) act.reset();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    if (given.password === "" || given.code.trim() === "") return;
    act.mutate({ password: given.password, code: given.code.trim() }, { onSuccess: props.onDone });
  }

  const beside = wrongPassword(act.error) ?? wrongCode(act.error);
  return (
    <form onSubmit={submit} noValidate>
      <p className={classes.step}>{props.lead}</p>
      <PasswordInput
        mb="md"
        label="Password"
        autoComplete="current-password"
        data-autofocus
        value={given.password}
        error={missing(given.password, "Enter your password.") ?? wrongPassword(act.error)}
        onChange={(event) => change({ password: event.currentTarget.value })}
      />
      <CodeField
        kind="either"
        value={given.code}
        error={missing(given.code, "Enter a code.") ?? wrongCode(act.error)}
        onChange={(code) => change({ code })}
      />
      <Refused error={beside ? null : act.error} next="/account" />
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
