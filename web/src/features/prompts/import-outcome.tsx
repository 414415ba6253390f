import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Imported, ImportReport } from "@/api/exchange";
import { count, plural } from "@/lib/format";
import classes from "./import.module.css";
import { PAGE, Pager } from "./pager";

const focus = (heading: HTMLElement | null) => heading?.focus();

/** What an import did: made, found already there, left out and why. */
export function ImportOutcome(props: { report: ImportReport; onAgain: () => void }) {
  const { made, merged, skipped } = props.report;
  const reasons = [...new Set(skipped.map((item) => item.why))];
  return (
    <section className={classes.section} aria-labelledby="outcome">
      <h2 id="outcome" tabIndex={-1} ref={focus}>
        {made.length > 0 ? `${plural(made.length, "item")} imported` : "Nothing new was imported"}
      </h2>
      <p className={classes.lead}>
        {merged.length > 0 ? `${plural(merged.length, "item")} you had already. ` : null}
        {skipped.length > 0 ? `${plural(skipped.length, "item")} left out.` : null}
      </p>
      <div className={classes.next}>
        <Button renderRoot={(rest) => <Link to="/library/{-$type}" {...rest} />}>Open the library</Button>
        <Button variant="default" renderRoot={(rest) => <Link to="/presets" {...rest} />}>
          Open the presets
        </Button>
        <Button variant="default" onClick={props.onAgain}>
          Import another file
        </Button>
      </div>
      {reasons.map((why) => {
        const those = skipped.filter((item) => item.why === why);
        return (
          <List key={why} title={`Left out (${count(those.length)}): ${why}`} items={those}>
            {(item) => item.name}
          </List>
        );
      })}
      <List title={`New (${count(made.length)})`} items={made}>
        {(item) => <To item={item} />}
      </List>
      <List title={`You had already (${count(merged.length)})`} items={merged}>
        {(item) => <To item={item} />}
      </List>
    </section>
  );
}

function List<Item>(props: { title: string; items: Item[]; children: (item: Item) => ReactNode }) {
  const [page, setPage] = useState(0);
  if (props.items.length === 0) return null;
  return (
    <details className={classes.outcome} open={props.items.length <= PAGE}>
      <summary className={classes.fold}>{props.title}</summary>
      <ul>
        {props.items.slice(page * PAGE, (page + 1) * PAGE).map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and what was left out has no id.
          <li key={page * PAGE + index}>{props.children(item)}</li>
        ))}
      </ul>
      <Pager total={props.items.length} page={page} onPage={setPage} />
    </details>
  );
}

function To({ item }: { item: Imported }) {
  return item.kind === "preset" ? (
    <>
      <Link to="/presets/$id" params={{ id: item.id }}>
        {item.name}
      </Link>{" "}
      <span className={classes.why}>preset</span>
    </>
  ) : (
    <Link to="/library/{-$type}" search={{ edit: item.id }}>
      {item.name}
    </Link>
  );
}
