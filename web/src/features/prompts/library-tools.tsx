import { Button, Menu, NativeSelect } from "@mantine/core";
import { IconChevronDown, IconFileImport } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ComponentSort } from "@/api/components";
import { SearchField } from "@/components/shell";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import { TrashButton } from "./trash-button";

const SORTS = [
  { value: "usage", label: "Most used" },
  { value: "recent", label: "Last changed" },
  { value: "name", label: "Name" },
];

export function LibraryTools(props: {
  search: string;
  onSearch: (text: string) => void;
  sort: ComponentSort;
  onSort: (sort: ComponentSort) => void;
  onCreate: (type: Type) => void;
}) {
  return (
    <>
      <SearchField label="Search your parts" value={props.search} onChange={props.onSearch} />
      <NativeSelect
        aria-label="Sort"
        data={SORTS}
        value={props.sort}
        onChange={(event) => props.onSort(event.currentTarget.value as ComponentSort)}
      />
      <Menu withInitialFocusPlaceholder={false} position="bottom-end" shadow="md">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} />}>Create</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {TYPES.map((type) => (
            <Menu.Item key={type} leftSection={<TypeIcon type={type} />} onClick={() => props.onCreate(type)}>
              {TYPE_NAMES[type].one}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconFileImport size={16} aria-hidden="true" />}
            renderRoot={(rest) => <Link to="/library/import" {...rest} />}
          >
            Import and export
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <TrashButton />
    </>
  );
}
