import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "@/api/models";
import { count, day } from "@/lib/format";
import { dollars } from "./cost";
import type { Usage } from "./messages";
import classes from "./receipt-panel.module.css";

/** What an answer took, and what it cost where that is known. */
export function ReceiptFigures(props: { usage: Usage | undefined; promptTokens: number | undefined }) {
  const { usage } = props;
  const { data: models } = useQuery(modelsQuery);
  if (!usage) return null;
  const model = usage.modelId === undefined ? undefined : models?.[usage.modelId];
  const rows: [string, string | undefined][] = [
    ["Model", model?.name ?? usage.modelId],
    ["Tokens in", tokens(usage.inputTokens)],
    ["of them the system prompt", tokens(props.promptTokens)],
    ["of them read from a cache", tokens(usage.cachedInputTokens)],
    ["Tokens out", tokens(usage.outputTokens)],
    ["of them thoughts", tokens(usage.reasoningTokens)],
    ["Cost", usage.costUSD && dollars(usage.costUSD.totalUSD)],
  ];
  return (
    <section aria-label="Tokens and cost" className={classes.figures}>
      <dl>
        {rows.map(([name, figure]) =>
          figure === undefined ? null : (
            <div key={name} data-part={name.startsWith("of") || undefined}>
              <dt>{name}</dt>
              <dd>{figure}</dd>
            </div>
          ),
        )}
      </dl>
      <p className={classes.note}>{priced(usage, model)}</p>
    </section>
  );
}

const tokens = (value: number | undefined) => (value === undefined ? undefined : count(value));

function priced(usage: Usage, model: { provider: string; price: { asOf: string } | null } | undefined) {
  if (usage.costUSD) {
    return model?.price ? `At the vendor's prices of ${day(model.price.asOf)}.` : null;
  }
  if (model?.provider === "local") return "A model on this machine costs nothing.";
  return "The price of this model is not known here, so no cost is shown.";
}
