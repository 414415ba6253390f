import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { explain } from "@/api/client";

/** The button that asked may be gone with what was deleted: the focus then stays on the page. */
export function keepFocus() {
  // In the next frame: until then the focus may stand in what is just going.
  requestAnimationFrame(() => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) document.getElementById("content")?.focus();
  });
}

/** Asks once before something is gone. */
export function Confirm(props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  action: string;
  busy?: boolean;
  error?: unknown;
  /** False where what asked goes away too and knows better where the focus belongs. */
  returnFocus?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      returnFocus={props.returnFocus ?? true}
      onExitTransitionEnd={keepFocus}
      title={props.title}
      size="sm"
    >
      <div>{props.children}</div>
      {props.error ? (
        <Text c="var(--q-danger)" size="sm" mt="sm" role="alert">
          {explain(props.error)}
        </Text>
      ) : null}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={props.onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="danger" loading={props.busy} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </Group>
    </Modal>
  );
}
