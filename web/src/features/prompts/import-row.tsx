import { NativeSelect, TextInput } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";
import classes from "./import.module.css";
import { type Edit, isNameless, type Line } from "./import-choices";

const KINDS = TYPES.map((type) => ({ value: type, label: TYPE_NAMES[type].one }));

/** One thing that a file holds: whether it is imported, as what, and what is to be known about it. */
export function ImportRow({ line, onEdit }: { line: Line; onEdit: (edit: Edit) => void }) {
  const { item, name, type } = line;
  const refused = item.refused !== null;
  // One file may hold four parts and a preset of the same name.
  const called = `the ${type ?? "preset"} “${name}”`;
  return (
    <li className={classes.row} data-off={!line.on || undefined} data-type={type ?? undefined}>
      <input
        type="checkbox"
        aria-label={`Import ${called}`}
        checked={line.on}
        disabled={refused}
        onChange={(event) => onEdit({ on: event.currentTarget.checked })}
      />
      <div className={classes.head}>
        {type ? <TypeIcon type={type} size={18} /> : <IconStack2 size={18} stroke={1.8} aria-hidden="true" />}
        {refused ? (
          <span className={classes.title}>{name}</span>
        ) : (
          <TextInput
            className={classes.title}
            size="xs"
            aria-label={`Name of ${called}`}
            maxLength={100}
            value={name}
            error={isNameless(line) ? "A name is needed." : null}
            onChange={(event) => onEdit({ name: event.currentTarget.value })}
          />
        )}
        {type && !refused ? (
          <NativeSelect
            className={classes.kind}
            size="xs"
            aria-label={`Type of ${called}`}
            data={KINDS}
            value={type}
            onChange={(event) => onEdit({ type: event.currentTarget.value as Type })}
          />
        ) : (
          <span className={classes.kind}>{type ? TYPE_NAMES[type].one : "Preset"}</span>
        )}
        {item.guessed && type && !refused ? <span className={classes.mark}>guessed</span> : null}
      </div>
      <div className={classes.about}>
        {line.duplicateOf ? (
          <p className={classes.mark}>You have it already: nothing is made twice.</p>
        ) : null}
        {refused ? <p className={classes.bad}>Cannot be imported: {item.refused}</p> : null}
        {line.fails ? <p className={classes.bad}>{line.fails}</p> : null}
        {item.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        {line.parts.length > 0 ? <Parts parts={line.parts} /> : null}
        {line.text ? <Text text={line.text} /> : null}
      </div>
    </li>
  );
}

function Parts({ parts }: { parts: Line[] }) {
  return (
    <ul className={classes.parts} aria-label="Parts">
      {parts.map((part) => (
        <li key={part.id} data-off={!part.on || undefined}>
          {part.type ? <TypeIcon type={part.type} /> : null}
          {part.name}
          {part.on ? null : <span> (left out)</span>}
        </li>
      ))}
    </ul>
  );
}

const EXCERPT = 160;

function Text({ text }: { text: string }) {
  const flat = text.trim();
  if (flat.length <= EXCERPT && !flat.includes("\n")) return <p className={classes.text}>{flat}</p>;
  return (
    <details className={classes.text}>
      <summary>{flat.slice(0, EXCERPT)} …</summary>
      <pre>{flat}</pre>
    </details>
  );
}
