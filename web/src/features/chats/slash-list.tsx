import { useDebouncedValue } from "@mantine/hooks";
import { IconSlash } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "@/api/client";
import { componentsQuery } from "@/api/components";
import { presetsQuery } from "@/api/presets";
import { Picker, type PickerGroup, type PickerOption } from "@/components/picker";
import { matches } from "@/components/picker-search";
import { TypeIcon } from "@/components/type-icon";
import { isType, TYPE_NAMES, TYPES } from "@/lib/slots";
import { COMMANDS, type Command, readSearch } from "./commands";
import { presetOption } from "./preset-picker";
import { fromPreset, type Selection, withSlot } from "./selection";

const PRESET = "preset:";
const COMMAND = "command:";

/** Everything a prompt can be made of in one list, and what else a question can do: "/" in an empty field opens it. */
export default function SlashList(props: {
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave: () => void;
  takeTyped: () => string;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  onCommand: (command: Command) => void;
}) {
  const [typed, setTyped] = useState("");
  const { only, words, exact } = readSearch(typed);
  const [asked] = useDebouncedValue(words, 150);
  const presets = useQuery({ ...presetsQuery, enabled: props.opened });
  const parts = useInfiniteQuery({
    ...componentsQuery({ q: asked, type: isType(only) ? only : undefined }),
    enabled: props.opened && only !== "preset",
    placeholderData: keepPreviousData,
  });
  const components = (parts.data?.pages ?? []).flatMap((page) => page.items);
  // Until the server has answered what is typed, Enter must not take a leftover of what was typed before.
  const answered = asked === words && !parts.isPlaceholderData;
  const commands: PickerGroup = {
    label: "Commands",
    options: matches(
      COMMANDS.filter(({ always }) => (words === "" ? always : answered)),
      words,
    )
      .filter(({ value }) => value !== exact)
      .map(commandOption),
  };
  const groups: PickerGroup[] = [
    { label: "Command", options: COMMANDS.filter(({ value }) => value === exact).map(commandOption) },
    {
      label: "Presets",
      options: isType(only)
        ? []
        : matches(
            (presets.data ?? []).map((preset) => presetOption(preset, PRESET + preset.id)),
            words,
          ),
    },
    ...TYPES.filter((type) => only === null || only === type).map((type) => {
      const options = components
        .filter((component) => component.type === type)
        .map((component) => ({
          value: component.id,
          label: component.name,
          detail: component.description || component.content,
          icon: <TypeIcon type={type} />,
        }));
      return { label: TYPE_NAMES[type].many, options: answered ? options : matches(options, words) };
    }),
    ...(only === null ? [commands] : []),
  ];

  function onPick(choice: string) {
    const command = COMMANDS.find(({ value }) => COMMAND + value === choice);
    const preset = presets.data?.find((candidate) => PRESET + candidate.id === choice);
    const component = components.find((candidate) => candidate.id === choice);
    if (command) props.onCommand(command.value);
    else if (preset) props.onSelection(fromPreset(preset));
    else if (component) props.onSelection(withSlot(props.selection, component.type, component.id));
  }

  const failed = parts.isError ? parts.error : presets.error;
  return (
    <Picker
      label="Presets and parts"
      groups={groups}
      onPick={onPick}
      opened={props.opened}
      onOpened={props.onOpened}
      onLeave={props.onLeave}
      onSearch={setTyped}
      takeTyped={props.takeTyped}
      loading={parts.isFetching || presets.isFetching || (!answered && !parts.isError)}
      trouble={failed ? `The list did not load. ${explain(failed)}` : undefined}
      empty="Nothing yet. The slots below can make a first part."
      width="target"
      target={<div />}
    />
  );
}

function commandOption({ value, label }: (typeof COMMANDS)[number]): PickerOption {
  return {
    value: COMMAND + value,
    label,
    hint: `/${value}`,
    icon: isType(value) ? <TypeIcon type={value} /> : <IconSlash size={16} aria-hidden="true" />,
  };
}
