import { ActionIcon, Menu } from "@mantine/core";
import { IconCopyPlus, IconDots, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Component, ComponentSort } from "@/api/components";
import { plural } from "@/lib/format";
import type { Type } from "@/lib/slots";
import classes from "./library.module.css";

/** What the address of the library says besides what is edited. */
export interface Filter {
  q?: string;
  tag?: string;
  sort?: ComponentSort;
}

export interface CardActions {
  filter: Filter;
  /** The type the page is narrowed to, so that a card's link keeps it. */
  linkType: Type | undefined;
  onDuplicate: (component: Component) => void;
  onDelete: (component: Component, card: Element | null) => void;
}

const TAGS = 4;

export function ComponentCard({ component, actions }: { component: Component; actions: CardActions }) {
  const { filter, linkType } = actions;
  const to = { to: "/library/{-$type}", params: { type: linkType }, preload: false } as const;
  const hidden = component.tags.length - TAGS;
  return (
    <article className={classes.card} id={cardId(component.id)}>
      <Link className={classes.open} {...to} search={{ ...filter, edit: component.id }}>
        {component.name}
      </Link>
      <CardMenu component={component} actions={actions} />
      <span className={classes.what}>{component.description || component.content}</span>
      <span className={classes.facts}>
        <span>
          {component.usageCount === 0 ? "not used yet" : `used ${plural(component.usageCount, "time")}`}
        </span>
        {component.tags.slice(0, TAGS).map((tag) => (
          <Link
            key={tag}
            className={classes.tag}
            {...to}
            search={{ ...filter, tag: tag === filter.tag ? undefined : tag }}
            aria-label={tag === filter.tag ? `Tag ${tag}, no longer only these` : `Tag ${tag}, only these`}
            data-on={tag === filter.tag || undefined}
          >
            {tag}
          </Link>
        ))}
        {hidden > 0 ? <span title={component.tags.slice(TAGS).join(", ")}>+{hidden}</span> : null}
      </span>
    </article>
  );
}

function CardMenu({ component, actions }: { component: Component; actions: CardActions }) {
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon
          className={classes.menu}
          variant="subtle"
          color="gray"
          size={28}
          aria-label={`More about “${component.name}”`}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopyPlus size={16} aria-hidden="true" />}
          onClick={() => actions.onDuplicate(component)}
        >
          Duplicate
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTrash size={16} aria-hidden="true" />}
          c="var(--q-danger)"
          onClick={() => actions.onDelete(component, document.getElementById(cardId(component.id)))}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export const cardId = (id: string): string => `card-${id}`;
