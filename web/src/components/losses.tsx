import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";
import { explain } from "@/api/client";
import { type Loss, type Preset, useChangePreset, useRecoverLoss } from "@/api/presets";
import { isEmpty, type SlotKey, slotKey, type Type } from "@/lib/slots";
import classes from "./losses.module.css";
import { SlotPicker } from "./slot-picker";

interface Props {
  preset: Preset;
  /** Those still open where the page has filled some slots itself; all of them otherwise. */
  losses?: Loss[];
  /** One line each, for a place where something else is the matter at hand. */
  quiet?: boolean;
  /** Instead of the picker that opens here. */
  onChoose?: (type: Type) => void;
  /** Instead of emptying the slot at once. */
  onDismiss?: (type: Type) => void;
  onMended?: (preset: Preset, type: Type) => void;
  onDelete: () => void;
}

const slotsOf = ({ roleId, styleId, contextId, modeId }: Preset) => ({ roleId, styleId, contextId, modeId });

/** What a preset lost, by name, and the three ways out of each loss. */
export function Losses(props: Props) {
  const { preset } = props;
  const losses = props.losses ?? preset.lost;
  const recover = useRecoverLoss();
  const change = useChangePreset();
  const box = useRef<HTMLDivElement>(null);
  const [choosing, setChoosing] = useState<{ type: Type; opened: boolean } | null>(null);
  const busy = recover.isPending || change.isPending;
  const trouble = recover.error ?? change.error;
  const last = isEmpty(slotsOf(preset)) && !props.onDismiss;

  function mended(type: Type, message: string) {
    // The button that was pressed goes away; the focus stays with the preset it stood on.
    const home = box.current?.closest<HTMLElement>("[data-home]");
    return {
      onSuccess: (whole: Preset) => {
        notifications.show({ message });
        props.onMended?.(whole, type);
        home?.focus({ preventScroll: true });
      },
    };
  }

  function fill(type: Type, id: string | null) {
    if (busy) return;
    recover.reset();
    const slot: Partial<Record<SlotKey, string | null>> = { [slotKey(type)]: id };
    const message = id
      ? `“${preset.name}” has a ${type} again.`
      : `“${preset.name}” goes on without a ${type}.`;
    change.mutate({ id: preset.id, change: slot }, mended(type, message));
  }

  function bringBack({ type, name }: Loss) {
    if (busy) return;
    change.reset();
    const message = `“${name}” is back, in “${preset.name}” and in your library.`;
    recover.mutate({ id: preset.id, type }, mended(type, message));
  }

  function choose(type: Type) {
    if (props.onChoose) props.onChoose(type);
    else setChoosing({ type, opened: true });
  }

  if (losses.length === 0) return null;
  return (
    <div
      ref={box}
      className={classes.losses}
      data-quiet={props.quiet}
      aria-busy={busy}
      role="group"
      aria-label={`Lost from “${preset.name}”`}
    >
      {losses.map((loss) => (
        <div key={loss.type} className={classes.loss}>
          <p className={classes.what}>
            {props.quiet ? `“${preset.name}” lost its` : "Lost its"} {loss.type} “{loss.name}”.
          </p>
          <div className={classes.ways}>
            <Button
              size="xs"
              px="xs"
              fw={500}
              variant="default"
              aria-label={`Recover “${loss.name}”`}
              onClick={() => bringBack(loss)}
            >
              Recover
            </Button>
            <Button
              size="xs"
              px="xs"
              fw={500}
              variant="default"
              aria-label={`Choose another ${loss.type}`}
              onClick={() => choose(loss.type)}
            >
              Choose another
            </Button>
            {last ? null : (
              <Button
                size="xs"
                px="xs"
                fw={500}
                variant="default"
                aria-label={`Dismiss: go on without “${loss.name}”`}
                onClick={() => (props.onDismiss ? props.onDismiss(loss.type) : fill(loss.type, null))}
              >
                Dismiss
              </Button>
            )}
          </div>
        </div>
      ))}
      {choosing && losses.some((loss) => loss.type === choosing.type) ? (
        <SlotPicker
          key={choosing.type}
          look="field"
          type={choosing.type}
          value={null}
          lost
          opened={choosing.opened}
          onOpened={(opened) => setChoosing({ ...choosing, opened })}
          onChange={(id) => id && fill(choosing.type, id)}
        />
      ) : null}
      {last ? (
        <div className={classes.loss}>
          <p className={classes.last}>It has no other part, and a preset needs at least one.</p>
          <Button size="xs" variant="default" c="var(--q-danger)" onClick={props.onDelete}>
            Delete this preset
          </Button>
        </div>
      ) : null}
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {explain(trouble)}
        </p>
      ) : null}
    </div>
  );
}
