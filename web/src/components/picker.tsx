import { Combobox, Loader, useCombobox } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useState } from "react";
import classes from "./picker.module.css";
import { matches } from "./picker-search";

export interface PickerOption {
  value: string;
  label: string;
  detail?: string;
  hint?: string;
  icon?: ReactNode;
  disabled?: boolean;
  /** The detail may take more than one line. */
  roomy?: boolean;
}

export interface PickerGroup {
  label?: string;
  options: PickerOption[];
}

interface Props {
  /** What is picked, for the search field and the list. */
  label: string;
  groups: PickerGroup[];
  /** Stand under the list whatever the search: "New role …". */
  actions?: PickerOption[];
  value?: string | null;
  onPick: (value: string, search: string) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  /** Where the focus goes on closing; the target otherwise. */
  onLeave?: () => void;
  /** Given: the list is already searched, by the server. */
  onSearch?: (search: string) => void;
  loading?: boolean;
  empty?: string;
  note?: ReactNode;
  width?: number | "target";
  position?: "top-start" | "top-end" | "bottom-start";
  target: ReactElement<Record<string, unknown>>;
}

/** One search field over one list of choices, opened from any button: the pattern of every picker here. */
export function Picker(props: Props) {
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    opened: props.opened,
    onOpenedChange: props.onOpened,
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      find("");
      if (props.onLeave) props.onLeave();
      else combobox.focusTarget();
    },
  });

  function find(text: string) {
    setSearch(text);
    props.onSearch?.(text);
  }

  const shown = props.groups
    .map((group) => ({
      ...group,
      options: props.onSearch ? group.options : matches(group.options, search),
    }))
    .filter((group) => group.options.length > 0);
  const signature = shown.flatMap((group) => group.options.map((option) => option.value)).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: opening is what moves the focus, whoever opens.
  useEffect(() => {
    if (props.opened) combobox.focusSearchInput();
  }, [props.opened]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list means a new first row, nothing else does.
  useEffect(() => {
    if (!props.opened) return;
    if (search === "" && props.value) combobox.selectActiveOption();
    else combobox.selectFirstOption();
  }, [signature, props.opened, search]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      combobox.clickSelectedOption();
    } else if (event.key === "Backspace" && search === "") {
      event.preventDefault();
      combobox.closeDropdown();
    }
  }

  return (
    <Combobox
      store={combobox}
      position={props.position ?? "top-start"}
      width={props.width ?? 340}
      shadow="md"
      withinPortal
      // Fixed: while it finds its place, it must not make a narrow page scroll sideways.
      floatingStrategy="fixed"
      onOptionSubmit={(value) => {
        combobox.closeDropdown();
        props.onPick(value, search.trim());
      }}
    >
      <Combobox.Target withAriaAttributes={false} withKeyboardNavigation={false}>
        {props.target}
      </Combobox.Target>
      <Combobox.Dropdown maw="calc(100vw - 16px)">
        <Combobox.Search
          role="combobox"
          aria-expanded={props.opened}
          value={search}
          onChange={(event) => find(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          placeholder={`Search ${props.label.toLowerCase()}`}
          aria-label={`Search ${props.label.toLowerCase()}`}
          rightSection={props.loading ? <Loader size={14} /> : null}
        />
        <Combobox.Options mah={300} style={{ overflowY: "auto" }} aria-label={props.label}>
          {shown.map((group) => (
            <Group key={group.label ?? ""} group={group} value={props.value} />
          ))}
          {shown.length === 0 && !props.loading ? (
            <Combobox.Empty>{search ? "Nothing fits." : (props.empty ?? "Nothing here yet.")}</Combobox.Empty>
          ) : null}
          {(props.actions ?? []).map((action) => (
            <Row key={action.value} option={action} active={false} />
          ))}
        </Combobox.Options>
        {props.note ? <div className={classes.note}>{props.note}</div> : null}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Group({ group, value }: { group: PickerGroup; value?: string | null }) {
  const rows = group.options.map((option) => (
    <Row key={option.value} option={option} active={option.value === value} />
  ));
  return group.label ? <Combobox.Group label={group.label}>{rows}</Combobox.Group> : rows;
}

function Row({ option, active }: { option: PickerOption; active: boolean }) {
  return (
    <Combobox.Option
      value={option.value}
      active={active}
      disabled={option.disabled}
      aria-selected={active}
      data-roomy={option.roomy}
      className={classes.option}
    >
      {option.icon}
      <span className={classes.text}>
        <span className={classes.label}>{option.label}</span>
        {option.detail ? <span className={classes.detail}>{option.detail}</span> : null}
      </span>
      {option.hint ? <span className={classes.hint}>{option.hint}</span> : null}
      {active ? <IconCheck size={16} aria-hidden="true" color="var(--q-accent)" /> : null}
    </Combobox.Option>
  );
}
