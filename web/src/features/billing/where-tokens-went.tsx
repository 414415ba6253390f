import { Skeleton } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { type UsageReport, usageQuery } from "@/api/billing";
import { percent } from "@/components/plan-limits";
import { EmptyState, ErrorState } from "@/components/states";
import { isType, TYPE_NAMES } from "@/lib/slots";
import { span } from "./dates";
import classes from "./plan.module.css";
import { ModelTable, Shares } from "./spending";

const DaysChart = lazy(() => import("./days-chart"));

/** The month's tokens by day, model, preset and component. */
export function WhereTokensWent() {
  const { online } = useNetwork();
  const usage = useQuery({ ...usageQuery, refetchOnMount: "always" });
  return (
    <section aria-labelledby="where-tokens-went">
      <div className={classes.head}>
        <h2 id="where-tokens-went" className={classes.heading}>
          Where tokens went
        </h2>
        {usage.data ? (
          <span className={classes.small}>
            {span(usage.data.periodStart, usage.data.periodEnd)}, days in UTC
          </span>
        ) : null}
      </div>
      {usage.data ? <Report report={usage.data} /> : null}
      {usage.isPending && online ? (
        <div role="status" aria-label="Loading where tokens went">
          <Skeleton h={240} radius="lg" />
        </div>
      ) : null}
      {usage.isPending && !online ? <EmptyState title="It comes when you are online again" /> : null}
      {usage.isError && !usage.data ? (
        <ErrorState title="This did not load" error={usage.error} retry={() => void usage.refetch()} />
      ) : null}
    </section>
  );
}

function Report({ report }: { report: UsageReport }) {
  if (report.models.length === 0) {
    return (
      <EmptyState title="Nothing yet this month">
        After the first answer you see here what it cost: by day, model, preset and part.
      </EmptyState>
    );
  }
  return (
    <div className={classes.report}>
      <div className={classes.box}>
        <h3>By day</h3>
        <Suspense fallback={<Skeleton h={220} />}>
          <DaysChart days={report.days} />
        </Suspense>
      </div>
      <div className={classes.box}>
        <h3>By model</h3>
        <ModelTable models={report.models} />
      </div>
      <div className={classes.box}>
        <h3>By preset</h3>
        <p className={classes.small}>Question, prompt and answer together.</p>
        <Shares
          rows={report.presets.map((preset) => ({ ...preset, type: null, exists: preset.id !== null }))}
          of="Preset"
          none="No preset was used."
        />
      </div>
      <div className={classes.box}>
        <h3>By part</h3>
        <p className={classes.small}>{heaviest(report)} A part’s text is sent along with every question.</p>
        <Shares rows={report.components} of="Part" none="No part was used." />
      </div>
    </div>
  );
}

/** "The context “Bakery” is 9 % of your month." */
function heaviest({ components }: UsageReport): string {
  const [first] = components;
  if (!first || first.share <= 0) return "";
  const type = isType(first.type) ? TYPE_NAMES[first.type].one.toLowerCase() : "part";
  return `The ${type} “${first.name}” is ${percent(first.share)} of your month.`;
}
