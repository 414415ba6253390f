import { Combobox, Loader, useCombobox } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
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

export interface PickerProps {
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
  /** Hands over what was typed for the list before it had come. */
  takeTyped?: () => string;
  loading?: boolean;
  empty?: string;
  /** Why there is no list: stands where "nothing fits" would mislead. */
  trouble?: string;
  note?: ReactNode;
  width?: number | "target";
  position?: "top-start" | "top-end" | "bottom-start";
  target: ReactElement<Record<string, unknown>>;
}

/** Before the next key, where the field can have it already: what is typed at once after opening is typed here. */
const takeFocus = (field: HTMLInputElement | null) => field?.focus({ preventScroll: true });

/** The search field and the list of a `Picker`, with its button. */
export default function PickerList(props: PickerProps) {
  const [search, setSearch] = useState("");
  /** The id of the row that Enter takes: assistive technology is told of it while the focus stays in the field. */
  const [active, setActive] = useState<string | null>(null);
  /** Enter came before there was such a row: it takes the first one there is. */
  const hurried = useRef(false);
  /** The id of the row that somebody went to: it stays marked when more rows come. */
  const moved = useRef<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const combobox = useCombobox({
    opened: props.opened,
    onOpenedChange: props.onOpened,
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      hurried.current = false;
      find("");
      if (props.onLeave) props.onLeave();
      else combobox.focusTarget();
    },
  });

  function find(text: string) {
    moved.current = null;
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
    if (!props.opened) return;
    takeFocus(combobox.searchRef.current);
    combobox.focusSearchInput();
    const typed = props.takeTyped?.();
    if (typed) find(typed);
  }, [props.opened]);

  function mark(): boolean {
    // Not by the store's id of the list: it knows none yet while the list opens for the first time.
    const rows = [...(list.current?.querySelectorAll("[data-combobox-option]") ?? [])];
    const place = rows.findIndex(({ id }) => id === moved.current);
    if (place >= 0) {
      combobox.selectOption(place);
      return true;
    }
    const picked = search === "" && props.value;
    const id = picked ? combobox.selectActiveOption() : combobox.selectFirstOption();
    setActive(id);
    if (id !== null && hurried.current) combobox.clickSelectedOption();
    return id !== null;
  }

  const waiting = props.loading === true && shown.length === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list means a new first row, nothing else does.
  useEffect(() => {
    if (!props.opened) return;
    // Until the new first row is marked, Enter must not take the one that stands where the old one stood.
    combobox.resetSelectedOption();
    // Nor an action ("New role …") for what the list is still being asked for.
    if (waiting) return setActive(null);
    if (mark()) return;
    // A list that opens for the first time has its rows in the next task.
    const timer = setTimeout(mark);
    return () => clearTimeout(timer);
  }, [signature, props.opened, search, waiting]);

  function onKeyDown(event: KeyboardEvent) {
    // While an input method is composing, the keys are its own.
    if (event.nativeEvent.isComposing) return;
    const takes = event.key === "Enter" || (event.key === "Tab" && !event.shiftKey);
    hurried.current = takes && combobox.getSelectedOptionIndex() === -1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      // From the row that would be marked in a moment, if none is yet.
      if (combobox.getSelectedOptionIndex() === -1) mark();
      const down = event.key === "ArrowDown";
      moved.current = down ? combobox.selectNextOption() : combobox.selectPreviousOption();
      setActive(moved.current);
    } else if (takes) combobox.clickSelectedOption();
    else if (event.key === "Escape" || (event.key === "Backspace" && search === "")) combobox.closeDropdown();
    else return;
    event.preventDefault();
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
          ref={takeFocus}
          role="combobox"
          aria-expanded={props.opened}
          aria-autocomplete="list"
          aria-activedescendant={active ?? undefined}
          // Mantine's own keys do not tell of the row that is marked when the list opens or changes.
          withKeyboardNavigation={false}
          value={search}
          onChange={(event) => find(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          placeholder={`Search ${props.label.toLowerCase()}`}
          aria-label={`Search ${props.label.toLowerCase()}`}
          rightSection={props.loading ? <Loader size={14} /> : null}
        />
        <Combobox.Options ref={list} mah={300} className={classes.list} aria-label={props.label}>
          {shown.map((group) => (
            <Group key={group.label ?? ""} group={group} value={props.value} />
          ))}
          {shown.length === 0 && !props.loading ? (
            <Combobox.Empty>
              {props.trouble ?? (search ? "Nothing fits." : (props.empty ?? "Nothing here yet."))}
            </Combobox.Empty>
          ) : null}
          {props.actions ? (
            // In sight however long the list is.
            <div role="presentation" className={classes.actions}>
              {props.actions.map((action) => (
                <Row key={action.value} option={action} active={false} />
              ))}
            </div>
          ) : null}
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
