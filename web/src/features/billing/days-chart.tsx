import { Button } from "@mantine/core";
import { useState } from "react";
import type { DayUsage } from "@/api/billing";
import { count, short } from "@/lib/format";
import { shortDay, utcDay } from "./dates";
import classes from "./days-chart.module.css";
import table from "./plan.module.css";
import { ceiling, peakOf } from "./scale";

const HIGH = 100;
const WIDE = 10;
const GAP = 2.4;

/** Tokens of each day as bars, or as a table. */
export default function DaysChart({ days }: { days: DayUsage[] }) {
  const [asTable, setAsTable] = useState(false);
  const hasLocal = days.some((day) => day.local > 0);
  return (
    <div>
      {asTable ? <Table days={days} hasLocal={hasLocal} /> : <Bars days={days} hasLocal={hasLocal} />}
      <Button size="compact-sm" variant="subtle" mt={6} ml={-8} onClick={() => setAsTable(!asTable)}>
        {asTable ? "Show as bars" : "Show as a table"}
      </Button>
    </div>
  );
}

function summary(days: DayUsage[]): string {
  const sum = days.reduce((total, day) => total + day.used, 0);
  const peak = peakOf(days, (day) => day.used);
  if (!peak || peak.used === 0) return `Tokens by day: none of them counted.`;
  return `Tokens by day: ${count(sum)} in all, most on ${utcDay(peak.date)} with ${count(peak.used)}.`;
}

function Bars({ days, hasLocal }: { days: DayUsage[]; hasLocal: boolean }) {
  const [looked, setLooked] = useState<DayUsage | null>(null);
  const top = ceiling(Math.max(...days.map((day) => day.used + day.local)));
  const scaled = (tokens: number) => (tokens / top) * HIGH;
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        {looked ? <Reading day={looked} /> : hasLocal ? <Legend /> : <span>{summary(days)}</span>}
      </figcaption>
      <div className={classes.plot}>
        <div className={classes.axis} aria-hidden="true">
          <span>{short(top)}</span>
          <span>{short(top / 2)}</span>
          <span>0</span>
        </div>
        {/* The bars stretch to any width: nothing in here is text. */}
        <svg
          className={classes.bars}
          viewBox={`0 0 ${days.length * WIDE} ${HIGH}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={summary(days)}
          onPointerLeave={() => setLooked(null)}
        >
          {days.map((day, number) => (
            <g key={day.date} onPointerEnter={() => setLooked(day)} data-looked={looked === day || undefined}>
              <rect className={classes.whole} x={number * WIDE} y={0} width={WIDE} height={HIGH} />
              <rect
                className={classes.used}
                x={number * WIDE + GAP / 2}
                y={HIGH - scaled(day.used)}
                width={WIDE - GAP}
                height={scaled(day.used)}
              />
              <rect
                className={classes.local}
                x={number * WIDE + GAP / 2}
                y={HIGH - scaled(day.used + day.local)}
                width={WIDE - GAP}
                height={scaled(day.local)}
              />
            </g>
          ))}
        </svg>
        <div className={classes.dates} aria-hidden="true">
          {[days[0], days[Math.floor(days.length / 2)], days.at(-1)].map((day) =>
            day ? <span key={day.date}>{shortDay(day.date)}</span> : null,
          )}
        </div>
      </div>
    </figure>
  );
}

function Reading({ day }: { day: DayUsage }) {
  return (
    <span>
      {utcDay(day.date)}: {count(day.used)} tokens
      {day.local > 0 ? `, ${count(day.local)} free by the local model` : null}
    </span>
  );
}

function Legend() {
  return (
    <>
      <span className={classes.key} data-of="used">
        Counted
      </span>
      <span className={classes.key} data-of="local">
        Local model, free
      </span>
    </>
  );
}

/** The days with something to tell: thirty rows of zeros say nothing. */
function Table({ days, hasLocal }: { days: DayUsage[]; hasLocal: boolean }) {
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Tokens</th>
          {hasLocal ? <th scope="col">Local, free</th> : null}
        </tr>
      </thead>
      <tbody>
        {days
          .filter((day) => day.used + day.local > 0)
          .map((day) => (
            <tr key={day.date}>
              <th scope="row">{utcDay(day.date)}</th>
              <td>{count(day.used)}</td>
              {hasLocal ? <td>{count(day.local)}</td> : null}
            </tr>
          ))}
      </tbody>
    </table>
  );
}
