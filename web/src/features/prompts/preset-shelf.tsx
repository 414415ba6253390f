import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Preset } from "@/api/presets";
import { TYPES } from "@/lib/slots";
import classes from "./presets.module.css";

/** How many presets there must be before the few that are used stand apart from them. */
export const MANY = 8;

/** How many stand apart. */
export const FEW = 4;

/** A few presets, small; nothing where none was ever used. */
export function PresetShelf(props: {
  id: string;
  title: string;
  presets: Preset[];
  note: (preset: Preset) => string;
}) {
  const shown = props.presets.filter((preset) => preset.lastUsedAt !== null).slice(0, FEW);
  if (shown.length === 0) return null;
  return (
    <section className={classes.shelf} aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      <ul>
        {shown.map((preset) => (
          <li key={preset.id} data-incomplete={preset.isIncomplete || undefined}>
            <div className={classes.line}>
              <Link className={classes.name} to="/presets/$id" params={{ id: preset.id }}>
                {preset.name}
              </Link>
              <span>{props.note(preset)}</span>
            </div>
            <p>{partsOf(preset)}</p>
            <Button
              className={classes.use}
              size="compact-sm"
              variant="subtle"
              aria-label={`Use in chat: “${preset.name}”`}
              renderRoot={(rest) => <Link to="/" search={{ preset: preset.id }} {...rest} />}
            >
              Use in chat
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function partsOf(preset: Preset): string {
  const lost = preset.lost.map((loss) => `lost “${loss.name}”`);
  return [...TYPES.flatMap((type) => preset[type]?.name ?? []), ...lost].join(" · ");
}
