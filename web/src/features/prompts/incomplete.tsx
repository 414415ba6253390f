import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { Preset } from "@/api/presets";
import { plural } from "@/lib/format";
import classes from "./presets.module.css";

const NAMED = 5;

/** Names those that lost a part, where their cards may stand far below. Nothing where none did. */
export function Incomplete({ presets }: { presets: Preset[] }) {
  const those = [...new Map(presets.map((preset) => [preset.id, preset])).values()].filter(
    (preset) => preset.isIncomplete,
  );
  if (those.length === 0) return null;
  return (
    <p className={classes.lost}>
      {plural(those.length, "preset")} lost a part:{" "}
      {those.slice(0, NAMED).map((preset, place) => (
        <Fragment key={preset.id}>
          {place > 0 ? ", " : null}
          <Link to="/presets/$id" params={{ id: preset.id }}>
            {preset.name}
          </Link>
        </Fragment>
      ))}
      {those.length > NAMED ? ` and ${those.length - NAMED} more` : null}.
    </p>
  );
}
