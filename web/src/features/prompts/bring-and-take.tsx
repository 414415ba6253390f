import { useState } from "react";
import type { ImportPlan, ImportReport } from "@/api/exchange";
import { Page } from "@/components/shell";
import { ExportLinks } from "./export-links";
import { ImportOutcome } from "./import-outcome";
import { ImportPreview } from "./import-preview";
import { ImportSource } from "./import-source";

type Step =
  | { at: "source" }
  | { at: "preview"; plan: ImportPlan; from: string }
  | { at: "outcome"; report: ImportReport };

/** Prompts in from a file, and the library out as one. */
export function BringAndTake() {
  const [step, setStep] = useState<Step>({ at: "source" });
  const restart = () => setStep({ at: "source" });
  return (
    <Page title="Import and export">
      {step.at === "source" ? (
        <>
          <ImportSource onPlan={(plan, from) => setStep({ at: "preview", plan, from })} />
          <ExportLinks />
        </>
      ) : null}
      {step.at === "preview" ? (
        <ImportPreview
          plan={step.plan}
          from={step.from}
          onDone={(report) => setStep({ at: "outcome", report })}
          onCancel={restart}
        />
      ) : null}
      {step.at === "outcome" ? <ImportOutcome report={step.report} onAgain={restart} /> : null}
    </Page>
  );
}
