import { Button, Group, Kbd, Text } from "@mantine/core";
import { useHotkeys, useOs } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { explain } from "@/api/client";
import { newId } from "@/lib/ids";
import classes from "./undo.module.css";

/** How long the offer stands, in milliseconds; it waits while it is pointed at or focused. */
const OFFER = 10_000;

/** The offers that stand, oldest first: the key takes back the last deed only. */
const offers: string[] = [];

/** Says what was done and offers to undo it, by its button or Ctrl+Z outside of text fields. */
export function showUndo(message: string, restore: () => Promise<unknown>): void {
  const id = `undo-${newId()}`;
  offers.push(id);
  notifications.show({
    id,
    autoClose: OFFER,
    message: <Offer id={id} message={message} restore={restore} />,
    onClose: () => withdraw(id),
  });
}

function withdraw(id: string) {
  const place = offers.indexOf(id);
  if (place >= 0) offers.splice(place, 1);
  // The focus must not fall out of the page with the button that had it.
  if (document.activeElement?.closest('[role="alert"]')) {
    document.getElementById("content")?.focus();
  }
}

function Offer(props: { id: string; message: string; restore: () => Promise<unknown> }) {
  const { id } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isMac = useOs() === "macos";
  useHotkeys([["mod+Z", () => offers.at(-1) === id && void undo()]]);

  async function undo() {
    if (busy) return;
    setBusy(true);
    setError(null);
    // Whoever wants it back is not hurried any more, however slow the network is.
    notifications.update({ id, autoClose: false, message: <Offer {...props} /> });
    try {
      await props.restore();
      withdraw(id);
      notifications.update({ id, autoClose: 4_000, message: "It is back." });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }

  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <span style={{ overflowWrap: "anywhere" }}>{props.message}</span>
        <Button
          size="xs"
          variant="default"
          loading={busy}
          style={{ flexShrink: 0 }}
          aria-keyshortcuts={isMac ? "Meta+Z" : "Control+Z"}
          rightSection={
            <Kbd className={classes.key} size="xs" aria-hidden="true">
              {isMac ? "⌘ Z" : "Ctrl Z"}
            </Kbd>
          }
          onClick={() => void undo()}
        >
          Undo
        </Button>
      </Group>
      {error ? (
        <Text size="xs" c="var(--q-danger)" mt={4}>
          {explain(error)}
        </Text>
      ) : null}
    </div>
  );
}
