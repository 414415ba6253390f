import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useBeginSecondFactor, useEnableSecondFactor } from "@/api/account";
import { CopyButton } from "@/components/copy-button";
import classes from "./account.module.css";
import { CodeField } from "./code-field";
import { PasswordStep } from "./password-step";
import { QrCode } from "./qr-code";
import { RecoveryCodes } from "./recovery-codes";
import { Refused, wrongCode } from "./refused";

type Begun = { secret: string; uri: string };

/** Turns two-factor sign-in on, in three steps: the password, the app, the recovery codes. */
export function SecondFactorSetup({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => {
    onClose();
    setCodes(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={codes ? "Keep your recovery codes" : "Turn on two-factor sign-in"}
      // Codes that are shown once must not vanish with a slip of the hand.
      closeOnClickOutside={codes === null}
      closeOnEscape={codes === null}
      withCloseButton={codes === null}
    >
      {codes ? <RecoveryCodes codes={codes} onDone={close} /> : <Steps onDone={setCodes} onCancel={close} />}
    </Modal>
  );
}

function Steps({ onDone, onCancel }: { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const begin = useBeginSecondFactor();
  if (begin.data) return <AppStep begun={begin.data} onDone={onDone} onCancel={onCancel} />;
  return (
    <PasswordStep
      lead="First your password, so that nobody else does this on an open browser."
      action="Go on"
      act={begin}
      onCancel={onCancel}
    />
  );
}

function AppStep(props: { begun: Begun; onDone: (codes: string[]) => void; onCancel: () => void }) {
  const { secret, uri } = props.begun;
  const enable = useEnableSecondFactor();
  const [code, setCode] = useState("");

  function submit(given: string) {
    if (given.trim() === "" || enable.isPending) return;
    enable.mutate(given.trim(), { onSuccess: ({ recoveryCodes }) => props.onDone(recoveryCodes) });
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit(code);
      }}
    >
      <p className={classes.step}>
        Scan this with an authenticator app, or <a href={uri}>open it in an app on this device</a>.
      </p>
      <QrCode text={uri} label="QR code for your authenticator app" />
      <p className={classes.step}>Cannot scan? Type this key into the app:</p>
      <div className={classes.secret}>
        <code>{secret.match(/.{1,4}/g)?.join(" ")}</code>
        <CopyButton text={secret} size="xs" label="Copy key" />
      </div>
      <CodeField
        kind="app"
        value={code}
        error={wrongCode(enable.error)}
        autoFocus
        onChange={(given) => {
          setCode(given);
          if (enable.isError) enable.reset();
        }}
        onComplete={submit}
      />
      <Refused error={wrongCode(enable.error) ? null : enable.error} next="/account" />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={enable.isPending}>
          Turn on
        </Button>
      </Group>
    </form>
  );
}
