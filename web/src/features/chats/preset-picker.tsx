import { UnstyledButton } from "@mantine/core";
import { IconArrowBackUp, IconCircleOff, IconDeviceFloppy, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Preset, presetQuery, presetsQuery } from "@/api/presets";
import { later } from "@/components/later";
import { Picker, type PickerOption } from "@/components/picker";
import { isEmpty, slotKey, TYPES } from "@/lib/slots";
import { fromPreset, isDirty, isFree, NOTHING, type Selection } from "./selection";
import classes from "./tool-row.module.css";

const SavePreset = later(() => import("./save-preset"));

const NONE = "none";
const REVERT = "revert";
const SAVE = "save";

/** The preset a selection stands on, once it is at hand. */
export function usePreset(id: string | null): Preset | undefined {
  const { data: presets } = useQuery(presetsQuery);
  const listed = presets?.find((preset) => preset.id === id);
  const single = useQuery({
    ...presetQuery(id ?? ""),
    enabled: id !== null && presets !== undefined && !listed,
  });
  return listed ?? (id === null ? undefined : single.data);
}

export function presetOption(preset: Preset, value = preset.id): PickerOption {
  const parts = TYPES.flatMap((type) => preset[type]?.name ?? []).join(" · ");
  return {
    value,
    label: preset.name,
    detail: preset.isIncomplete ? `Incomplete: lost its ${preset.missing.join(" and ")}` : parts,
    icon: <Dots preset={preset} />,
  };
}

/** Four small squares, coloured where the slot is filled. */
export function Dots({ preset }: { preset: Preset }) {
  return (
    <span className={classes.dots} aria-hidden="true">
      {TYPES.map((type) => (
        <span key={type} data-type={type} data-filled={preset[slotKey(type)] ? true : undefined} />
      ))}
    </span>
  );
}

export function PresetPicker(props: {
  selection: Selection;
  preset: Preset | undefined;
  onChange: (selection: Selection) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave: () => void;
  takeTyped?: () => string;
}) {
  const { selection, preset } = props;
  const presets = useQuery(presetsQuery);
  const [saving, setSaving] = useState(false);
  const dirty = isDirty(selection, preset);
  const free = isFree(selection);
  const name = preset?.name ?? (selection.presetId ? "…" : free ? "Custom" : "No preset");

  const actions: PickerOption[] = [];
  if (dirty && preset) {
    actions.push({
      value: REVERT,
      label: `Back to “${preset.name}”`,
      icon: <IconArrowBackUp size={16} aria-hidden="true" />,
    });
  }
  if ((dirty || free) && !isEmpty(selection.slots)) {
    actions.push({
      value: SAVE,
      label: "Save this mix as a preset …",
      icon: <IconDeviceFloppy size={16} aria-hidden="true" />,
    });
  }
  if (selection.presetId || free) {
    actions.push({
      value: NONE,
      label: "Empty all slots",
      icon: <IconCircleOff size={16} aria-hidden="true" />,
    });
  }

  const note = presets.isError
    ? "Your presets did not load."
    : presets.data?.length === 0
      ? "No presets yet. Fill some slots, then save the mix here."
      : undefined;

  function leave() {
    setSaving(false);
    props.onLeave();
  }

  function onPick(choice: string) {
    const chosen = presets.data?.find((candidate) => candidate.id === choice);
    if (choice === SAVE) setSaving(true);
    else if (choice === NONE) props.onChange(NOTHING);
    else if (choice === REVERT && preset) props.onChange(fromPreset(preset));
    else if (chosen) props.onChange(fromPreset(chosen));
  }

  return (
    <>
      <Picker
        label="Presets"
        groups={[
          { options: (presets.data ?? []).map((candidate) => presetOption(candidate)) },
          { label: "This mix", options: actions },
        ]}
        value={selection.presetId}
        onPick={onPick}
        opened={props.opened}
        onOpened={props.onOpened}
        onLeave={props.onLeave}
        takeTyped={props.takeTyped}
        loading={presets.isFetching}
        note={note}
        target={
          <UnstyledButton
            className={classes.preset}
            aria-haspopup="listbox"
            aria-expanded={props.opened}
            aria-label={dirty ? `Preset: ${name}, changed` : `Preset: ${name}`}
            title={dirty ? `${name}: changed in this chat` : `Preset: ${name}`}
            onClick={() => props.onOpened(!props.opened)}
          >
            <IconStack2 size={16} stroke={1.8} aria-hidden="true" />
            <span className={classes.label}>{name}</span>
            {dirty ? <span className={classes.dirty} /> : null}
          </UnstyledButton>
        }
      />
      {saving ? (
        <SavePreset
          slots={selection.slots}
          onClose={leave}
          onSaved={(saved) => {
            leave();
            props.onChange(fromPreset(saved));
          }}
        />
      ) : null}
    </>
  );
}
