import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

/** The way to what was deleted. */
export function TrashButton() {
  return (
    <Tooltip label="Trash">
      <ActionIcon
        variant="default"
        size={36}
        aria-label="Trash"
        renderRoot={(rest) => <Link to="/trash" {...rest} />}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
