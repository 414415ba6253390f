import { useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { modelsQuery } from "@/api/models";
import type { Preset } from "@/api/presets";
import { later } from "@/components/later";
import { count } from "@/lib/format";
import { sameSlots, TYPES } from "@/lib/slots";
import type { Command } from "./commands";
import classes from "./composer.module.css";
import { act } from "./composer-keys";
import { MessageField } from "./message-field";
import { MoreMenu } from "./more-menu";
import { type Opened, PromptChoice } from "./prompt-choice";
import { NOTHING } from "./selection";
import { ToolRow } from "./tool-row";
import type { DraftState } from "./use-draft";

export type { Opened };

const SlashList = later(() => import("./slash-list"));
const LossNotice = later(() => import("./loss-notice"));
const PictureTray = later(() => import("./picture-tray"));
const KeysHelp = later(() => import("./keys-help"));

/** The server takes no longer question. */
export const QUESTION_LIMIT = 20_000;

interface Props {
  input: RefObject<HTMLTextAreaElement | null>;
  draft: DraftState;
  preset: Preset | undefined;
  model: string | undefined;
  onModel: (id: string) => void;
  opened: Opened;
  onOpened: (opened: Opened) => void;
  previewing: boolean;
  onPreview: () => void;
  busy: boolean;
  /** The question is on its way. */
  sending?: boolean;
  /** Two answers wait for a pick. */
  picking?: boolean;
  /** Why the last question was not taken; it is still in the field. */
  trouble?: string;
  online: boolean;
  onSend: () => void;
  onStop: () => unknown;
}

/** Where a question is written, and where the four slots of its prompt are always in sight. */
export function Composer(props: Props) {
  const { input, draft, opened, onOpened, picking = false, sending = false } = props;
  const { text, selection, versus, pictures } = draft;
  const [helping, setHelping] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  /** The list of prompt B is on its way, over an empty message. */
  const ahead = useRef(false);
  const blind = useBlind(props.model);
  const focus = useFocus(input, opened);
  const length = [...text].length;
  const unseen = pictures.list.length > 0 ? blind : null;
  const alike = versus !== null && sameSlots(selection.slots, versus.slots);
  const said = text.trim() !== "" || pictures.uploaded.length > 0;
  const held = pictures.pending || unseen !== null || alike || picking || sending || props.busy;
  const sendable = said && length <= QUESTION_LIMIT && !held && props.online;

  useHotkeys(
    [
      ...TYPES.flatMap((type, index): Hotkey[] => [
        [`alt+Digit${index + 1}`, () => toggle(type), PHYSICAL],
        [`alt+Digit${index + 5}`, () => versus && toggle(`b:${type}`), PHYSICAL],
      ]),
      // Where the slash is a shifted key, too.
      ["mod+/", () => setHelping(true)],
      ["mod+shift+/", () => setHelping(true)],
    ],
    [],
  );

  function toggle(which: Opened) {
    if (!picking) onOpened(opened === which ? null : which);
  }

  function attach(files: File[]) {
    if (files.length > 0 && blind) pictures.refuse(blind);
    else void pictures.add(files);
    focus();
  }

  function compare() {
    draft.oppose(versus ? null : selection);
    // What stands there already is prompt A: the other one is to be chosen.
    if (versus) focus();
    else onOpened("b:preset");
  }

  /** From the keyboard: the chips of prompt B come first, then their list, and what is typed meanwhile is meant for it. */
  function compareNow() {
    ahead.current = text === "" && versus === null;
    input.current?.focus();
    compare();
  }

  function takeAhead(): string {
    if (!ahead.current) return "";
    ahead.current = false;
    return takeTyped();
  }

  function run(command: Command) {
    if (command === "attach" && !blind) chooser.current?.click();
    else if (command === "attach") onOpened("model");
    else if (command === "compare") compareNow();
    else if (command === "keys") setHelping(true);
    else if (command === "none") draft.select(NOTHING);
    else onOpened(command);
  }

  /** The slash opened the list over an empty field: what stands there now was typed after it. */
  function takeTyped(): string {
    const typed = input.current?.value ?? "";
    draft.write("");
    return typed;
  }

  function closeHelp() {
    setHelping(false);
    focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const wanted = act(event.nativeEvent, text);
    if (wanted === null || (wanted === "slash" && picking)) return;
    event.preventDefault();
    // A list that is still opening takes the keys in a moment: what was meant for it is not sent.
    if (wanted === "send") sendable && opened === null && props.onSend();
    else toggle("slash");
  }

  return (
    <div className={classes.wrap}>
      <SlashList
        opened={opened === "slash"}
        onOpened={(open) => onOpened(open ? "slash" : null)}
        onLeave={focus}
        takeTyped={takeTyped}
        selection={selection}
        onSelection={draft.select}
        onCommand={run}
      />
      {props.preset?.isIncomplete && !picking ? (
        <LossNotice preset={props.preset} selection={selection} onSelection={draft.select} onLeave={focus} />
      ) : null}
      {helping ? <KeysHelp onClose={closeHelp} /> : null}
      <div className={classes.box}>
        {pictures.list.length > 0 || pictures.trouble ? (
          <PictureTray pictures={pictures} onLeave={focus} />
        ) : null}
        <MessageField
          input={input}
          chooser={chooser}
          text={text}
          onText={draft.write}
          onKeyDown={onKeyDown}
          onFiles={attach}
        />
        <Wrong>
          {length > QUESTION_LIMIT
            ? `${count(length)} characters; a question may have ${count(QUESTION_LIMIT)}.`
            : unseen
              ? `${unseen} Choose another model, or remove the pictures.`
              : props.trouble}
        </Wrong>
        {picking ? (
          <div className={classes.note}>Pick one of the two answers, and the chat goes on from there.</div>
        ) : null}
        <ToolRow
          {...props}
          chips={
            picking ? null : (
              <PromptChoice
                {...props}
                onLeave={focus}
                takeTyped={takeAhead}
                alike={alike}
                onClose={compare}
              />
            )
          }
          more={
            <MoreMenu
              blind={blind}
              comparing={versus !== null}
              picking={picking}
              onCommand={run}
              onLeave={() => input.current?.focus()}
            />
          }
          slots={selection.slots}
          opened={opened === "model"}
          onOpened={(open) => onOpened(open ? "model" : null)}
          onLeave={focus}
          stop={picking ? "Stop both answers" : "Stop the answer"}
          sending={sending}
          sendable={sendable}
        />
      </div>
    </div>
  );
}

type Hotkey = Parameters<typeof useHotkeys>[0][number];
const PHYSICAL = { usePhysicalKeys: true };

/** Takes the focus back to the message, unless what was just closed has opened another list. */
function useFocus(input: Props["input"], opened: Opened) {
  const latest = useRef(opened);
  useEffect(() => {
    latest.current = opened;
  }, [opened]);
  return () => {
    setTimeout(() => latest.current === null && input.current?.focus());
  };
}

/** Why the model cannot be shown pictures, in one sentence; null where it can, or where that is not known yet. */
function useBlind(id: string | undefined): string | null {
  const { data } = useQuery(modelsQuery);
  const model = id === undefined ? undefined : data?.[id];
  return model && !model.vision ? `${model.name} cannot see pictures.` : null;
}

function Wrong({ children }: { children: string | undefined }) {
  return children ? (
    <div className={classes.wrong} role="alert">
      {children}
    </div>
  ) : null;
}
