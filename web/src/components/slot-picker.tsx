import { UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronDown, IconCircleOff, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { explain, isRefusal } from "@/api/client";
import { type Component, componentQuery, componentsQuery } from "@/api/components";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import { later } from "./later";
import { Picker, type PickerOption } from "./picker";
import { matches } from "./picker-search";
import classes from "./slot-picker.module.css";
import { TypeIcon } from "./type-icon";

const NewComponentModal = later(() => import("./new-component-modal"));

const NONE = "none";
const NEW = "new";

interface Props {
  type: Type;
  value: string | null;
  onChange: (id: string | null) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave?: () => void;
  look: "chip" | "field";
  /** The key that opens a chip's list; Alt+1 to Alt+4 otherwise. */
  shortcut?: string;
  /** The slot had a component that was deleted. */
  lost?: boolean;
}

/** One slot: what fills it, and the list of what could. */
export function SlotPicker(props: Props) {
  const { type, value } = props;
  const [search, setSearch] = useState("");
  const [draft, setDraft] = useState<string | null>(null);
  const [asked] = useDebouncedValue(search, 150);
  const names = TYPE_NAMES[type];

  const list = useInfiniteQuery({
    ...componentsQuery({ type, q: asked }),
    enabled: props.opened,
    placeholderData: keepPreviousData,
  });
  const picked = useQuery({ ...componentQuery(value ?? ""), enabled: value !== null });
  const gone = value !== null && isRefusal(picked.error, 404);
  const name = value === null || gone ? null : (picked.data?.name ?? "…");
  const { onChange } = props;

  // A chat may still name a component that was deleted since: its slot is as good as empty.
  useEffect(() => {
    if (gone) onChange(null);
  }, [gone, onChange]);

  const listed = (list.data?.pages ?? []).flatMap((page) => page.items);
  const option = (component: Component): PickerOption => ({
    value: component.id,
    label: component.name,
    detail: component.description || component.content,
    hint: component.usageCount > 0 ? `${component.usageCount}×` : undefined,
    icon: <TypeIcon type={type} />,
  });
  // Until the server has answered what is typed, Enter must not take a leftover of what was typed before.
  const answered = asked === search && !list.isPlaceholderData;
  const options = answered ? listed.map(option) : matches(listed.map(option), search);
  if (value !== null && search === "") {
    // What is picked may stand further down than the first page goes.
    if (picked.data && !listed.some(({ id }) => id === value)) options.unshift(option(picked.data));
    options.unshift({ value: NONE, label: "None", icon: <IconCircleOff size={16} aria-hidden="true" /> });
  }

  function leave() {
    setDraft(null);
    props.onLeave?.();
  }

  function onPick(choice: string, text: string) {
    if (choice === NEW) setDraft(text);
    else props.onChange(choice === NONE ? null : choice);
  }

  const shared = {
    type,
    name,
    lost: props.lost ?? false,
    shortcut: props.shortcut ?? `Alt+${TYPES.indexOf(type) + 1}`,
    opened: props.opened,
    onClick: () => props.onOpened(!props.opened),
  };
  return (
    <>
      <Picker
        label={names.many}
        groups={[{ options }]}
        actions={[
          {
            value: NEW,
            label: `New ${names.one.toLowerCase()} …`,
            icon: <IconPlus size={16} aria-hidden="true" />,
          },
        ]}
        value={value}
        onPick={onPick}
        opened={props.opened}
        onOpened={props.onOpened}
        onLeave={props.onLeave}
        onSearch={setSearch}
        loading={list.isFetching || (!answered && !list.isError)}
        note={
          list.hasNextPage && search === "" ? "These are the most used. Type to find any other." : undefined
        }
        trouble={list.isError ? `${names.many} did not load. ${explain(list.error)}` : undefined}
        empty={`No ${names.many.toLowerCase()} yet. ${names.hint}`}
        position={props.look === "chip" ? "top-start" : "bottom-start"}
        width={props.look === "chip" ? 340 : "target"}
        target={props.look === "chip" ? Chip(shared) : Field(shared)}
      />
      {draft === null ? null : (
        <NewComponentModal
          type={type}
          name={draft}
          onClose={leave}
          onMade={(made) => {
            leave();
            props.onChange(made.id);
          }}
        />
      )}
    </>
  );
}

interface Look {
  type: Type;
  name: string | null;
  lost: boolean;
  shortcut: string;
  opened: boolean;
  onClick: () => void;
}

// Both return elements, not components: the picker clones its target to anchor the list to it.
function Chip({ type, name, lost, shortcut, opened, onClick }: Look): ReactElement<Record<string, unknown>> {
  const kind = TYPE_NAMES[type].one;
  const what = name ?? (lost ? "lost" : "none");
  return (
    <UnstyledButton
      className={classes.chip}
      data-type={type}
      data-filled={name === null ? undefined : true}
      data-lost={(lost && name === null) || undefined}
      aria-haspopup="listbox"
      aria-expanded={opened}
      aria-keyshortcuts={shortcut}
      aria-label={`${kind}: ${what}`}
      title={`${kind}: ${what} (${shortcut})`}
      onClick={onClick}
    >
      <TypeIcon type={type} />
      <span className={classes.name}>{name ?? kind}</span>
    </UnstyledButton>
  );
}

function Field({ type, name, lost, opened, onClick }: Look): ReactElement<Record<string, unknown>> {
  const kind = TYPE_NAMES[type].one;
  return (
    <UnstyledButton
      className={classes.field}
      data-type={type}
      data-filled={name === null ? undefined : true}
      data-lost={lost || undefined}
      aria-haspopup="listbox"
      aria-expanded={opened}
      onClick={onClick}
    >
      <TypeIcon type={type} size={20} />
      <span className={classes.words}>
        <span className={classes.kind}>{kind}</span>
        <span className={classes.value} data-none={name === null || undefined}>
          {name ?? (lost ? "Lost: pick another" : "None")}
        </span>
      </span>
      <IconChevronDown size={16} aria-hidden="true" />
    </UnstyledButton>
  );
}
