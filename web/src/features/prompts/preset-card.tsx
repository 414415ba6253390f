import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Preset } from "@/api/presets";
import { Losses } from "@/components/losses";
import { TypeIcon } from "@/components/type-icon";
import { ago, count } from "@/lib/format";
import { TYPES } from "@/lib/slots";
import classes from "./presets.module.css";

export function used(preset: Preset): string {
  return preset.lastUsedAt
    ? `Used ${count(preset.usageCount)}×, last ${ago(preset.lastUsedAt)}`
    : "Not used yet";
}

/** One preset: its parts, what it lost and how to mend it, how much it is used. */
export function PresetCard(props: { preset: Preset; onDuplicate: () => void; onDelete: () => void }) {
  const { preset } = props;
  return (
    <article
      className={classes.card}
      data-incomplete={preset.isIncomplete || undefined}
      data-home
      tabIndex={-1}
      aria-labelledby={`preset-${preset.id}`}
    >
      <h3 id={`preset-${preset.id}`}>
        <Link className={classes.name} to="/presets/$id" params={{ id: preset.id }}>
          {preset.name}
        </Link>
      </h3>
      {preset.description ? <p className={classes.what}>{preset.description}</p> : null}
      <ul className={classes.parts}>
        {TYPES.map((type) => {
          const part = preset[type];
          return part ? (
            <li key={type}>
              <TypeIcon type={type} />
              <span>{part.name}</span>
            </li>
          ) : null;
        })}
      </ul>
      <Losses preset={preset} onDelete={props.onDelete} />
      <div className={classes.foot}>
        <span>{used(preset)}</span>
        <Tooltip label="Duplicate">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={`Duplicate “${preset.name}”`}
            onClick={props.onDuplicate}
          >
            <IconCopy size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Delete">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={`Delete “${preset.name}”`}
            onClick={props.onDelete}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
        <Button
          size="xs"
          variant="default"
          renderRoot={(rest) => <Link to="/" search={{ preset: preset.id }} {...rest} />}
        >
          Use in chat
        </Button>
      </div>
    </article>
  );
}
