import { NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconGripVertical, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { explain } from "@/api/client";
import { type Component, componentsQuery } from "@/api/components";
import { More } from "@/components/more";
import { TypeIcon } from "@/components/type-icon";
import { isType, type Slots, slotKey, TYPE_NAMES, TYPES } from "@/lib/slots";
import classes from "./preset-editor.module.css";

const KINDS = [
  { value: "", label: "All types" },
  ...TYPES.map((type) => ({ value: type, label: TYPE_NAMES[type].many })),
];

/** The library, small: a part is dragged from here to its slot, or pressed. */
export function PartPalette(props: {
  slots: Slots;
  onPut: (component: Component) => void;
  onDrag: (component: Component | null) => void;
}) {
  const [search, setSearch] = useState("");
  const [type, setType] = useState("");
  const [q] = useDebouncedValue(search, 150);
  const list = useInfiniteQuery({
    ...componentsQuery({ q, type: isType(type) ? type : undefined }),
    placeholderData: keepPreviousData,
  });
  const parts = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={classes.palette} role="group" aria-label="Your library">
      <p className={classes.hint}>Drag to a slot, or press.</p>
      <div className={classes.find}>
        <TextInput
          size="xs"
          type="search"
          aria-label="Search your library"
          placeholder="Search"
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label="Which parts"
          data={KINDS}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
        />
      </div>
      {list.isPending ? <Skeleton h={180} /> : null}
      {list.isError && !list.data ? <p className={classes.trouble}>{explain(list.error)}</p> : null}
      {list.isSuccess && parts.length === 0 ? (
        <p className={classes.none}>
          {q || type ? (
            "Nothing fits."
          ) : (
            <>
              Your library is empty. Each slot can make a new part, or{" "}
              <Link to="/library/import">import some</Link>.
            </>
          )}
        </p>
      ) : null}
      <ul aria-label="Parts of your library">
        {parts.map((part) => (
          <li key={part.id}>
            <Part part={part} taken={props.slots[slotKey(part.type)] === part.id} {...props} />
          </li>
        ))}
        <li hidden={!list.hasNextPage}>
          <More size="xs" variant="subtle" list={list} label="More parts" />
        </li>
      </ul>
    </div>
  );
}

function Part(props: {
  part: Component;
  taken: boolean;
  onPut: (component: Component) => void;
  onDrag: (component: Component | null) => void;
}) {
  const { part } = props;

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    props.onPut(part);
  }

  // Not a <button>: Firefox does not let one be dragged.
  return (
    <div
      role="button"
      tabIndex={0}
      className={classes.part}
      data-type={part.type}
      aria-pressed={props.taken}
      title={part.description || part.content.slice(0, 200)}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "copy";
        event.dataTransfer.setData("text/plain", part.name);
        props.onDrag(part);
      }}
      onDragEnd={() => props.onDrag(null)}
      onClick={() => props.onPut(part)}
      onKeyDown={onKeyDown}
    >
      <TypeIcon type={part.type} />
      <span>{part.name}</span>
      <IconGripVertical size={14} aria-hidden="true" />
    </div>
  );
}
