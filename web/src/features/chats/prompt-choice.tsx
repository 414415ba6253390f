import { useEffect } from "react";
import type { Preset } from "@/api/presets";
import { later } from "@/components/later";
import { soon } from "@/lib/soon";
import { type Chip, PromptChips } from "./prompt-chips";
import type { DraftState } from "./use-draft";

const Sides = later(() => import("./sides"));

/** Which list is open; those of prompt B, while two are compared, are told apart by their sign. */
export type Opened = Chip | `b:${Chip}` | "model" | "slash" | null;

const isChipOfB = (opened: Opened): opened is `b:${Chip}` => opened?.startsWith("b:") === true;
const isChip = (opened: Opened): opened is Chip =>
  opened !== null && opened !== "model" && opened !== "slash" && !isChipOfB(opened);

/** The chips of the prompt that the question goes to, or of both where two are compared. */
export function PromptChoice(props: {
  draft: DraftState;
  preset: Preset | undefined;
  model: string | undefined;
  opened: Opened;
  onOpened: (opened: Opened) => void;
  onLeave: () => void;
  /** Hands over what was typed for the list of prompt B before it had come. */
  takeTyped: () => string;
  /** The two say the same. */
  alike: boolean;
  onClose: () => void;
}) {
  const { draft, opened, onOpened } = props;
  // There before it is needed: choosing to compare opens a list of prompt B, which must not miss what is typed at once.
  useEffect(() => soon(Sides.preload), []);
  const a = {
    selection: draft.selection,
    preset: props.preset,
    onSelection: draft.select,
    opened: isChip(opened) ? opened : null,
    onOpened,
    onLeave: props.onLeave,
    firstKey: 1,
  };
  const one = <PromptChips {...a} label="Parts of the system prompt" />;
  if (!draft.versus) return one;
  const b = {
    ...a,
    selection: draft.versus,
    onSelection: draft.oppose,
    opened: isChipOfB(opened) ? (opened.slice(2) as Chip) : null,
    onOpened: (chip: Chip | null) => onOpened(chip && `b:${chip}`),
    takeTyped: props.takeTyped,
    firstKey: 5,
  };
  return (
    <Sides meanwhile={one} a={a} b={b} alike={props.alike} model={props.model} onClose={props.onClose} />
  );
}
