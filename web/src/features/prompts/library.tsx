import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { explain } from "@/api/client";
import { type Component, componentsQuery } from "@/api/components";
import { useDuplicateComponent } from "@/api/editing";
import type { ComponentValues } from "@/components/component-form";
import { NearLimit } from "@/components/near-limit";
import { Page } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import { Column } from "./column";
import type { Filter } from "./component-card";
import { ComponentDrawer } from "./component-drawer";
import { useDeletion } from "./delete-component";
import { EXAMPLES } from "./examples";
import { neighbour } from "./focus";
import classes from "./library.module.css";
import { LibraryTools } from "./library-tools";
import { NothingFits } from "./nothing-fits";
import { TagFilter } from "./tag-filter";
import { isBare, itemsOf, useColumns } from "./use-columns";
import { useUrlText } from "./use-url-text";

interface Held {
  edit?: string;
  create?: Type;
}

/** Every component of the person's, by type. `edit` and `create` say what the drawer shows. */
export function Library(props: Filter & Held & { type?: Type }) {
  const { type, q, tag, sort = "usage" } = props;
  const navigate = useNavigate();
  const wide = useMediaQuery("(min-width: 1000px)", undefined, { getInitialValueInEffect: false });
  const [seed, setSeed] = useState<ComponentValues>();
  const duplicate = useDuplicateComponent();
  const deletion = useDeletion();
  const filter: Filter = { q, tag, sort: props.sort };
  const filtered = q !== undefined || tag !== undefined;
  const all = wide || filtered;
  const shown: readonly Type[] = type ? [type] : all ? TYPES : ["role"];
  const { lists, nothing } = useColumns({ q, tag, sort }, shown);
  // One empty type says nothing about the others.
  const whole = useInfiniteQuery({ ...componentsQuery({}), enabled: nothing && !filtered });
  const bare = nothing && !filtered && whole.data && itemsOf(whole).length === 0;
  const [search, setSearch] = useUrlText(q ?? "", (text) => narrow({ q: text.trim() || undefined }));

  /** Names only what changes: whatever else the address says by then stays. */
  function narrow(change: Filter) {
    void navigate({
      to: "/library/{-$type}",
      params: { type },
      search: (now) => ({ ...now, ...change }),
      replace: true,
    });
  }

  function hold(held: Held, replace = false) {
    void navigate({ to: "/library/{-$type}", params: { type }, search: { ...filter, ...held }, replace });
  }

  function create(of: Type, from?: ComponentValues) {
    setSeed(from);
    hold({ create: of });
  }

  function clear() {
    setSearch("");
    narrow({ q: undefined, tag: undefined });
  }

  function onDuplicate(component: Component) {
    duplicate.mutate(component.id, {
      onSuccess: (made) => {
        notifications.show({ message: `“${made.name}” is in your library.` });
        hold({ edit: made.id });
      },
      onError: (error) => notifications.show({ color: "danger", message: explain(error) }),
    });
  }

  const actions = {
    filter,
    linkType: type,
    onDuplicate,
    onDelete: (component: Component, card: Element | null) => void deletion.ask(component, neighbour(card)),
  };
  const stacked = !wide && shown.length > 1;
  // Under each other, a heading over nothing is only in the way.
  const columns = stacked ? shown.filter((one) => !isBare(lists[one])) : shown;
  // One after the other they fail for the same reason, and are asked again together.
  const failed = shown.length > 1 && shown.every((one) => lists[one].isError && !lists[one].data);
  return (
    <Page
      title="Library"
      tools={
        <LibraryTools
          search={search}
          onSearch={setSearch}
          sort={sort}
          onSort={(to) => narrow({ sort: to })}
          onCreate={create}
        />
      }
    >
      <NearLimit of="components" />
      <Types type={type} all={all} shown={shown} filter={filter} />
      <TagFilter value={tag} onChange={(to) => narrow({ tag: to })} />
      {nothing && filtered ? <NothingFits type={type} filter={filter} onClear={clear} /> : null}
      {bare ? <NothingYet /> : null}
      {failed ? (
        <ErrorState
          title="Your library did not load"
          error={lists.role.error}
          retry={() => {
            for (const one of shown) void lists[one].refetch();
          }}
        />
      ) : null}
      {(nothing && filtered) || failed ? null : (
        <div
          className={classes.columns}
          data-single={shown.length === 1 || undefined}
          data-stacked={stacked || undefined}
        >
          {columns.map((one) => (
            <Column
              key={one}
              type={one}
              list={lists[one]}
              filtered={filtered}
              actions={actions}
              onCreate={() => create(one)}
              onExample={() => create(one, EXAMPLES[one])}
            />
          ))}
        </div>
      )}
      <ComponentDrawer
        edit={props.edit}
        create={props.create}
        seed={seed}
        onClose={() => {
          setSeed(undefined);
          hold({}, true);
        }}
        onOpen={(id) => hold({ edit: id }, true)}
      />
      {deletion.question}
    </Page>
  );
}

function Types(props: { type: Type | undefined; all: boolean; shown: readonly Type[]; filter: Filter }) {
  const { type, filter } = props;
  const current = (of: Type | undefined) => (of === type ? "page" : undefined);
  return (
    <nav className={classes.tabs} aria-label="Types">
      {props.all ? (
        <Link
          to="/library/{-$type}"
          params={{ type: undefined }}
          search={filter}
          // Every type's address begins with this one.
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={current(undefined)}
        >
          All
        </Link>
      ) : null}
      {TYPES.map((one) => (
        <Link
          key={one}
          to="/library/{-$type}"
          params={{ type: one }}
          search={filter}
          aria-current={props.all ? current(one) : props.shown[0] === one ? "page" : undefined}
        >
          <TypeIcon type={one} />
          {TYPE_NAMES[one].many}
        </Link>
      ))}
    </nav>
  );
}

function NothingYet() {
  return (
    <EmptyState
      title="Your library is empty"
      actions={
        <Button variant="default" renderRoot={(rest) => <Link to="/library/import" {...rest} />}>
          Import parts you have elsewhere
        </Button>
      }
    >
      A prompt is made of up to four parts, one of each type. Write each once; then mix them in any chat, or
      keep a mix as a preset. Begin with one of the examples, or with your own.
    </EmptyState>
  );
}
