import { Skeleton, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { presetsQuery } from "@/api/presets";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import classes from "./empty-chat.module.css";
import { Dots } from "./preset-picker";
import { fromPreset, type Selection } from "./selection";

const TILES = 4;

/** A chat before its first word: the presets used last, or what the four slots are for. */
export function EmptyChat(props: {
  selection: Selection;
  onSelection: (selection: Selection) => void;
  onSlot: (type: Type) => void;
}) {
  const presets = useQuery(presetsQuery);
  const shown = (presets.data ?? []).slice(0, TILES);
  const lead =
    shown.length > 0 || presets.isPending
      ? "Start from a preset, or mix the four slots below."
      : "Four slots below make the system prompt. Fill any of them, or none.";
  return (
    <div className={classes.empty}>
      <h1>What is on your mind?</h1>
      <p className={classes.lead}>{lead}</p>
      <ul className={classes.tiles}>
        {presets.isPending
          ? TYPES.map((type) => <Skeleton key={type} component="li" h={84} radius="lg" />)
          : null}
        {shown.map((preset) => (
          <li key={preset.id}>
            <UnstyledButton
              className={classes.tile}
              data-chosen={preset.id === props.selection.presetId || undefined}
              aria-pressed={preset.id === props.selection.presetId}
              onClick={() => props.onSelection(fromPreset(preset))}
            >
              <span className={classes.name}>
                <Dots preset={preset} />
                {preset.name}
              </span>
              <span className={classes.what}>
                {preset.isIncomplete
                  ? `Incomplete: lost its ${preset.missing.join(" and ")}`
                  : preset.description || TYPES.flatMap((type) => preset[type]?.name ?? []).join(" · ")}
              </span>
            </UnstyledButton>
          </li>
        ))}
        {!presets.isPending && shown.length === 0
          ? TYPES.map((type) => (
              <li key={type}>
                <UnstyledButton className={classes.tile} onClick={() => props.onSlot(type)}>
                  <span className={classes.name}>
                    <TypeIcon type={type} size={18} />
                    {TYPE_NAMES[type].one}
                  </span>
                  <span className={classes.what}>{TYPE_NAMES[type].hint}</span>
                </UnstyledButton>
              </li>
            ))
          : null}
      </ul>
    </div>
  );
}
