import { ActionIcon, Textarea, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowUp, IconEye, IconPlayerStopFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useState } from "react";
import type { Preset } from "@/api/presets";
import { previewQuery } from "@/api/preview";
import { SlotPicker } from "@/components/slot-picker";
import { count, plural } from "@/lib/format";
import { slotKey, TYPES, type Type } from "@/lib/slots";
import classes from "./composer.module.css";
import { act } from "./composer-keys";
import { ModelPicker } from "./model-picker";
import { PresetPicker } from "./preset-picker";
import { type Selection, withSlot } from "./selection";
import { SlashList } from "./slash-list";
import row from "./tool-row.module.css";

/** The server takes no longer question. */
export const QUESTION_LIMIT = 20_000;

export type Opened = "preset" | "model" | "slash" | Type | null;

interface Props {
  input: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  selection: Selection;
  preset: Preset | undefined;
  onSelection: (selection: Selection) => void;
  model: string | undefined;
  onModel: (id: string) => void;
  opened: Opened;
  onOpened: (opened: Opened) => void;
  previewing: boolean;
  onPreview: () => void;
  busy: boolean;
  online: boolean;
  onSend: () => void;
  onStop: () => void;
}

/** Where a question is written, and where the four slots of its prompt are always in sight. */
export function Composer(props: Props) {
  const { input, text, selection, opened, onOpened } = props;
  const [stopping, setStopping] = useState(false);
  const focus = () => setTimeout(() => input.current?.focus(), 0);
  const toggle = (which: Opened) => (open: boolean) => onOpened(open ? which : null);
  const length = [...text].length;
  const sendable = text.trim() !== "" && length <= QUESTION_LIMIT && props.online && !props.busy;

  useHotkeys(
    TYPES.map((type, index) => [
      `alt+Digit${index + 1}`,
      () => onOpened(opened === type ? null : type),
      { usePhysicalKeys: true },
    ]),
    [],
  );

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const wanted = act(event.nativeEvent, text);
    if (wanted === null) return;
    event.preventDefault();
    if (wanted === "slash") onOpened("slash");
    else if (sendable) props.onSend();
  }

  function stop() {
    setStopping(true);
    Promise.resolve(props.onStop()).finally(() => setStopping(false));
  }

  return (
    <div className={classes.wrap}>
      <SlashList
        opened={opened === "slash"}
        onOpened={toggle("slash")}
        onLeave={focus}
        selection={selection}
        onSelection={props.onSelection}
      />
      <div className={classes.box}>
        <Textarea
          ref={input}
          aria-label="Your message"
          placeholder="Ask, or “/” for presets and parts"
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={10}
          value={text}
          onChange={(event) => props.onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          classNames={{ input: classes.input }}
        />
        {length > QUESTION_LIMIT ? (
          <div className={classes.over} role="alert">
            {count(length)} characters; a question may have {count(QUESTION_LIMIT)}.
          </div>
        ) : null}
        <div className={row.row}>
          <div className={row.parts} role="group" aria-label="Parts of the system prompt">
            <PresetPicker
              selection={selection}
              preset={props.preset}
              onChange={props.onSelection}
              opened={opened === "preset"}
              onOpened={toggle("preset")}
              onLeave={focus}
            />
            {TYPES.map((type) => (
              <SlotPicker
                key={type}
                look="chip"
                type={type}
                value={selection.slots[slotKey(type)]}
                onChange={(id) => props.onSelection(withSlot(selection, type, id))}
                opened={opened === type}
                onOpened={toggle(type)}
                onLeave={focus}
              />
            ))}
          </div>
          <div className={row.rest}>
            <ModelPicker
              value={props.model}
              onPick={props.onModel}
              opened={opened === "model"}
              onOpened={toggle("model")}
              onLeave={focus}
            />
            <span className={row.space} />
            <Tokens {...props} />
            {props.busy ? (
              <ActionIcon
                size={36}
                radius="xl"
                variant="default"
                aria-label="Stop the answer"
                loading={stopping}
                onClick={stop}
              >
                <IconPlayerStopFilled size={16} />
              </ActionIcon>
            ) : (
              <ActionIcon size={36} radius="xl" aria-label="Send" disabled={!sendable} onClick={props.onSend}>
                <IconArrowUp size={20} />
              </ActionIcon>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

function Tokens({ selection, model, previewing, onPreview }: Props) {
  const { data } = useQuery(previewQuery(selection.slots, model));
  const tokens = data?.tokens ?? 0;
  return (
    <UnstyledButton
      className={row.tokens}
      aria-pressed={previewing}
      aria-label={`System prompt, ${plural(tokens, "token")}: preview`}
      title="See the composed system prompt"
      onClick={onPreview}
    >
      <IconEye size={16} stroke={1.8} aria-hidden="true" />
      {data?.estimate ? "≈ " : ""}
      {count(tokens)}
    </UnstyledButton>
  );
}
