import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { explain } from "@/api/client";

/** Asks once before something is gone. */
export function Confirm(props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  action: string;
  busy?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="sm">
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
