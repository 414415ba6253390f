import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { explain } from "@/api/client";
import { type ImportPlan, type ImportReport, useImport } from "@/api/exchange";
import { Confirm } from "@/components/confirm";
import { LeaveGuard } from "@/components/leave-guard";
import { count, plural } from "@/lib/format";
import { isType, TYPE_NAMES, TYPES } from "@/lib/slots";
import classes from "./import.module.css";
import {
  documentOf,
  type Edit,
  type Edits,
  isNameless,
  type Line,
  linesOf,
  SHOWN,
  type Shown,
} from "./import-choices";
import { ImportRoom } from "./import-room";
import { ImportRow } from "./import-row";
import { PAGE, Pager } from "./pager";

const focus = (heading: HTMLElement | null) => heading?.focus();

/** What a file holds, to choose from and to put right before anything is kept. */
export function ImportPreview(props: {
  plan: ImportPlan;
  from: string;
  onDone: (report: ImportReport) => void;
  onCancel: () => void;
}) {
  const { plan } = props;
  const [edits, setEdits] = useState<Edits>({});
  const [show, setShow] = useState<Shown>("all");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(0);
  const [leaving, setLeaving] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const bring = useImport();
  const wanted = useDeferredValue(search.trim().toLowerCase());

  const edited = Object.keys(edits).length > 0;
  const lines = useMemo(() => linesOf(plan, edits), [plan, edits]);
  const shown = useMemo(
    () =>
      lines.filter(
        (line) =>
          SHOWN[show].fits(line) &&
          (wanted === "" || `${line.name}\n${line.text}`.toLowerCase().includes(wanted)),
      ),
    [lines, show, wanted],
  );
  const filters = Object.entries(SHOWN).flatMap(([value, { label, fits }]) => {
    const fitting = lines.filter(fits).length;
    return fitting > 0 || value === "all" || value === show
      ? [{ value, label: `${label} (${count(fitting)})` }]
      : [];
  });
  const chosen = lines.filter((line) => line.on);
  const usable = chosen.filter((line) => !line.fails);
  const nameless = chosen.filter(isNameless).length;
  const choosable = shown.filter((line) => line.item.refused === null);
  const allOn = choosable.length > 0 && choosable.every((line) => line.on);
  const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
  const at = Math.min(page, last);

  function edit(changed: Line[], how: Edit) {
    bring.reset();
    const next = { ...edits };
    for (const line of changed) next[line.id] = { ...next[line.id], ...how };
    setEdits(next);
  }

  function go(to: number) {
    setPage(to);
    list.current?.scrollIntoView({ block: "start" });
  }

  return (
    <section className={classes.section} aria-labelledby="plan">
      <div className={classes.planHead}>
        <h2 id="plan" tabIndex={-1} ref={focus}>
          {props.from}: {plan.formatName}
        </h2>
        <Button size="xs" variant="default" onClick={() => (edited ? setLeaving(true) : props.onCancel())}>
          Another file
        </Button>
      </div>
      {plan.notes.map((note) => (
        <p key={note} className={classes.lead}>
          {note}
        </p>
      ))}
      <ImportRoom plan={plan} lines={lines} onLeaveOut={(those) => edit(those, { on: false })} />
      <div className={classes.tools}>
        <TextInput
          size="xs"
          type="search"
          aria-label="Search this file"
          placeholder="Search"
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setPage(0);
          }}
        />
        <NativeSelect
          size="xs"
          aria-label="Show"
          data={filters}
          value={show}
          onChange={(event) => {
            setShow(event.currentTarget.value as Shown);
            setPage(0);
          }}
        />
        <NativeSelect
          size="xs"
          aria-label="Type for all parts that are shown"
          data={[
            { value: "", label: "Set type of all shown …" },
            ...TYPES.map((type) => ({ value: type, label: TYPE_NAMES[type].one })),
          ]}
          value=""
          onChange={(event) => {
            const type = event.currentTarget.value;
            if (isType(type))
              edit(
                choosable.filter((line) => line.type !== null),
                { type },
              );
          }}
        />
      </div>
      <label className={classes.all}>
        <input
          type="checkbox"
          checked={allOn}
          disabled={choosable.length === 0}
          ref={(box) => {
            if (box) box.indeterminate = !allOn && choosable.some((line) => line.on);
          }}
          onChange={() => edit(choosable, { on: !allOn })}
        />
        {shown.length === lines.length ? "All" : "All that are shown"} ({count(choosable.length)})
      </label>
      <ul ref={list} className={classes.rows} aria-label="What the file holds">
        {shown.slice(at * PAGE, (at + 1) * PAGE).map((line) => (
          <ImportRow key={line.id} line={line} onEdit={(how) => edit([line], how)} />
        ))}
      </ul>
      {shown.length === 0 ? <p className={classes.small}>Nothing fits.</p> : null}
      <Pager total={shown.length} page={at} onPage={go} />
      <div className={classes.submit}>
        {bring.error ? (
          <p className={classes.trouble} role="alert">
            {explain(bring.error)}
          </p>
        ) : null}
        {nameless > 0 ? (
          <p className={classes.trouble} role="alert">
            {plural(nameless, "chosen item")} without a name.
          </p>
        ) : null}
        {bring.isPending ? (
          <p role="status">Importing {plural(usable.length, "item")}. Thousands take half a minute.</p>
        ) : null}
        <Button
          size="md"
          loading={bring.isPending}
          disabled={usable.length === 0 || nameless > 0}
          onClick={() => bring.mutate(documentOf(plan, lines), { onSuccess: props.onDone })}
        >
          Import {plural(usable.length, "item")}
        </Button>
      </div>
      <Confirm
        opened={leaving}
        title="Take another file?"
        action="Discard changes"
        onConfirm={props.onCancel}
        onClose={() => setLeaving(false)}
      >
        What you chose here is not imported yet.
      </Confirm>
      <LeaveGuard dirty={edited && !bring.isSuccess}>What you chose here is not imported yet.</LeaveGuard>
    </section>
  );
}
