import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { componentsQuery } from "@/api/components";
import { presetsQuery } from "@/api/presets";
import { Picker, type PickerGroup } from "@/components/picker";
import { matches } from "@/components/picker-search";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES } from "@/lib/slots";
import { presetOption } from "./preset-picker";
import { fromPreset, type Selection, withSlot } from "./selection";

const PRESET = "preset:";

/** Everything a prompt can be made of in one list: "/" in an empty message field opens it. */
export function SlashList(props: {
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave: () => void;
  selection: Selection;
  onSelection: (selection: Selection) => void;
}) {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search, 150);
  const presets = useQuery({ ...presetsQuery, enabled: props.opened });
  const parts = useInfiniteQuery({
    ...componentsQuery({ q: asked }),
    enabled: props.opened,
    placeholderData: keepPreviousData,
  });
  const components = (parts.data?.pages ?? []).flatMap((page) => page.items);
  const groups: PickerGroup[] = [
    {
      label: "Presets",
      options: matches(
        (presets.data ?? []).map((preset) => presetOption(preset, PRESET + preset.id)),
        search,
      ),
    },
    ...TYPES.map((type) => ({
      label: TYPE_NAMES[type].many,
      options: components
        .filter((component) => component.type === type)
        .map((component) => ({
          value: component.id,
          label: component.name,
          detail: component.description || component.content,
          icon: <TypeIcon type={type} />,
        })),
    })),
  ];

  function onPick(choice: string) {
    const preset = presets.data?.find((candidate) => PRESET + candidate.id === choice);
    const component = components.find((candidate) => candidate.id === choice);
    if (preset) props.onSelection(fromPreset(preset));
    else if (component) props.onSelection(withSlot(props.selection, component.type, component.id));
  }

  return (
    <Picker
      label="Presets and parts"
      groups={groups}
      onPick={onPick}
      opened={props.opened}
      onOpened={props.onOpened}
      onLeave={props.onLeave}
      onSearch={setSearch}
      loading={parts.isFetching || presets.isFetching}
      empty="Nothing yet. The slots below can make a first part."
      width="target"
      target={<div />}
    />
  );
}
