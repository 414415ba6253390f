import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { CopyButton } from "@/components/copy-button";
import { keepFile } from "@/lib/files";
import classes from "./account.module.css";

/** New recovery codes, which are seen here and never again. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const text = `${codes.join("\n")}\n`;
  return (
    <>
      <p className={classes.step}>
        If you lose the app, each of these signs you in once. They are shown only now: keep them where you
        keep passwords.
      </p>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <CopyButton text={text} size="sm" label="Copy all" autoFocus />
        <Button
          size="sm"
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => keepFile(new File([text], "quartet-recovery-codes.txt", { type: "text/plain" }))}
        >
          Download
        </Button>
      </div>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </>
  );
}
