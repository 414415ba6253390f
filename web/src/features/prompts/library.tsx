import { Button, Menu, NativeSelect } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ComponentSort } from "@/api/components";
import { Page, SearchField } from "@/components/shell";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import { Column } from "./column";
import { ComponentDrawer } from "./component-drawer";
import classes from "./library.module.css";

const SORTS = [
  { value: "usage", label: "Most used" },
  { value: "recent", label: "Last changed" },
  { value: "name", label: "Name" },
];

/** Every component of the person's, by type. `edit` and `create` say what the drawer shows. */
export function Library(props: { type?: Type; edit?: string; create?: Type }) {
  const navigate = useNavigate();
  const wide = useMediaQuery("(min-width: 1000px)", undefined, { getInitialValueInEffect: false });
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState<ComponentSort>("usage");
  const [q] = useDebouncedValue(search, 150);
  const shown: readonly Type[] = props.type ? [props.type] : wide ? TYPES : ["role"];
  const single = shown.length === 1;

  function show(search: { edit?: string; create?: Type }) {
    void navigate({ to: "/library/{-$type}", params: { type: props.type }, search });
  }

  const tools = (
    <>
      <SearchField label="Search your parts" value={search} onChange={setSearch} />
      <NativeSelect
        aria-label="Sort"
        data={SORTS}
        value={sort}
        onChange={(event) => setSort(event.currentTarget.value as ComponentSort)}
      />
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} />}>Create</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {TYPES.map((type) => (
            <Menu.Item
              key={type}
              leftSection={<TypeIcon type={type} />}
              onClick={() => show({ create: type })}
            >
              {TYPE_NAMES[type].one}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
  return (
    <Page title="Library" tools={tools}>
      <nav className={classes.tabs} aria-label="Types">
        {wide ? (
          <Link
            to="/library/{-$type}"
            params={{ type: undefined }}
            aria-current={props.type ? undefined : "page"}
          >
            All
          </Link>
        ) : null}
        {TYPES.map((type) => (
          <Link
            key={type}
            to="/library/{-$type}"
            params={{ type }}
            aria-current={single && shown[0] === type ? "page" : undefined}
          >
            <TypeIcon type={type} />
            {TYPE_NAMES[type].many}
          </Link>
        ))}
      </nav>
      <div className={classes.columns} data-single={single || undefined}>
        {shown.map((type) => (
          <Column
            key={type}
            type={type}
            q={q}
            sort={sort}
            linkType={props.type}
            onCreate={() => show({ create: type })}
          />
        ))}
      </div>
      <ComponentDrawer edit={props.edit} create={props.create} onClose={() => show({})} />
    </Page>
  );
}
