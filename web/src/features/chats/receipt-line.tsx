import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { Model } from "@/api/models";
import { plural } from "@/lib/format";
import { TYPE_NAMES } from "@/lib/slots";
import { dollars } from "./cost";
import type { Receipt, Usage } from "./messages";
import classes from "./receipt.module.css";

/** Under an answer, in one quiet line: which prompt said this, by which model, for how much. */
export function ReceiptLine(props: {
  receipt: Receipt | undefined;
  usage: Usage | undefined;
  models: Record<string, Model> | undefined;
  /** Shows the prompt to the letter. */
  onOpen?: () => void;
}) {
  const { receipt, usage, onOpen } = props;
  if (!receipt && !usage) return null;
  const model = usage?.modelId && (props.models?.[usage.modelId]?.name ?? usage.modelId);
  const line = (
    <>
      {receipt?.presetId && receipt.presetName ? <span>{receipt.presetName}</span> : null}
      {receipt && receipt.components.length === 0 ? <span>No system prompt</span> : null}
      {receipt?.components.map((part) => (
        <span
          key={part.type}
          className={classes.part}
          data-type={part.type}
          title={TYPE_NAMES[part.type].one}
        >
          {part.name} v{part.version}
        </span>
      ))}
      {model ? <span>{model}</span> : null}
      {usage?.totalTokens === undefined ? null : <span>{plural(usage.totalTokens, "token")}</span>}
      {usage?.costUSD ? <span>{dollars(usage.costUSD.totalUSD)}</span> : null}
    </>
  );
  return (
    <div className={classes.receipt} role="group" aria-label="Receipt: the prompt that made this answer">
      {receipt && onOpen ? (
        <UnstyledButton
          className={classes.line}
          aria-haspopup="dialog"
          title="Which prompt said this?"
          onClick={onOpen}
        >
          <VisuallyHidden>Which prompt said this? </VisuallyHidden>
          {line}
        </UnstyledButton>
      ) : (
        <span className={classes.line}>{line}</span>
      )}
    </div>
  );
}
