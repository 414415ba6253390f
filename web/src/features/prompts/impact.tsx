import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Impact } from "@/api/editing";
import { plural } from "@/lib/format";
import classes from "./editor.module.css";

const SHOWN = 6;

/** "2 presets and 1 chat"; null where nothing speaks with it. */
export function reach({ presets, chats }: Impact): string | null {
  const named = [
    presets.length > 0 && plural(presets.length, "preset"),
    chats > 0 && plural(chats, "chat"),
  ].filter((one) => one !== false);
  return named.length > 0 ? named.join(" and ") : null;
}

/** Where a component is in use, with a way to each preset. */
export function UsedBy({ impact }: { impact: Impact | undefined }) {
  if (!impact) return null;
  const { presets } = impact;
  return (
    <div className={classes.used}>
      <p>{reach(impact) ? `Used by ${reach(impact)}.` : "In no preset, and no chat speaks with it now."}</p>
      {presets.length > 0 ? (
        <ul>
          {presets.slice(0, SHOWN).map((preset) => (
            <li key={preset.id}>
              <Link to="/presets/$id" params={{ id: preset.id }}>
                {preset.name}
              </Link>
            </li>
          ))}
          {presets.length > SHOWN ? <li>and {presets.length - SHOWN} more</li> : null}
        </ul>
      ) : null}
    </div>
  );
}

/** Before a text is saved that others depend on: whom it reaches. */
export function Reach({ impact, onReview }: { impact: Impact; onReview: () => void }) {
  const whom = reach(impact);
  if (!whom) return null;
  return (
    <div className={classes.reach}>
      <p>Saving changes what {whom} will say from now on.</p>
      <Button size="compact-sm" variant="default" onClick={onReview}>
        See what changes
      </Button>
    </div>
  );
}
