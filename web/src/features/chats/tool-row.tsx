import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconArrowUp, IconEye, IconPlayerStopFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { previewQuery } from "@/api/preview";
import { count, plural } from "@/lib/format";
import type { Slots } from "@/lib/slots";
import { ModelPicker } from "./model-picker";
import row from "./tool-row.module.css";

/** Under the message field: the prompt's chips, then everything else, sending at the end. */
export function ToolRow(props: {
  /** Nothing while there is no prompt to choose. */
  chips: ReactNode;
  more: ReactNode;
  slots: Slots;
  model: string | undefined;
  onModel: (id: string) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave: () => void;
  previewing: boolean;
  onPreview: () => void;
  busy: boolean;
  stop: string;
  onStop: () => unknown;
  sending: boolean;
  sendable: boolean;
  onSend: () => void;
}) {
  const [stopping, setStopping] = useState(false);

  function stop() {
    setStopping(true);
    Promise.resolve(props.onStop())
      .catch(() => {})
      .finally(() => setStopping(false));
  }

  return (
    <div className={row.row}>
      {props.chips}
      <div className={row.rest}>
        {props.more}
        <ModelPicker
          value={props.model}
          onPick={props.onModel}
          opened={props.opened}
          onOpened={props.onOpened}
          onLeave={props.onLeave}
        />
        <span className={row.space} />
        {props.chips ? <Tokens {...props} /> : null}
        {props.busy ? (
          <ActionIcon
            size={36}
            radius="xl"
            variant="default"
            aria-label={props.stop}
            loading={stopping}
            onClick={stop}
          >
            <IconPlayerStopFilled size={16} />
          </ActionIcon>
        ) : (
          <ActionIcon
            size={36}
            radius="xl"
            aria-label="Send"
            loading={props.sending}
            disabled={!props.sendable}
            onClick={props.onSend}
          >
            <IconArrowUp size={20} />
          </ActionIcon>
        )}
      </div>
    </div>
  );
}

function Tokens(props: {
  slots: Slots;
  model: string | undefined;
  previewing: boolean;
  onPreview: () => void;
}) {
  const { data } = useQuery(previewQuery(props.slots, props.model));
  const tokens = data?.tokens ?? 0;
  return (
    <UnstyledButton
      className={row.tokens}
      aria-pressed={props.previewing}
      aria-label={`System prompt, ${plural(tokens, "token")}: preview`}
      title="See the composed system prompt"
      onClick={props.onPreview}
    >
      <IconEye size={16} stroke={1.8} aria-hidden="true" />
      {data?.estimate ? "≈ " : ""}
      {count(tokens)}
    </UnstyledButton>
  );
}
