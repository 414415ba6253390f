import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy, IconRefresh } from "@tabler/icons-react";
import { memo } from "react";
import { Markdown } from "@/components/markdown/markdown";
import { TypeIcon } from "@/components/type-icon";
import { count, plural } from "@/lib/format";
import { TYPE_NAMES } from "@/lib/slots";
import classes from "./message.module.css";
import {
  type Message,
  type Outcome,
  outcomeOf,
  type PromptChange,
  type Receipt,
  receiptOf,
  textOf,
  type Usage,
  usageOf,
} from "./messages";
import { Notice } from "./notice";

export const Question = memo(function Question({ message }: { message: Message }) {
  return (
    <article className={classes.user} aria-label="You">
      <div className={classes.bubble}>{textOf(message)}</div>
    </article>
  );
});

const OUTCOMES: Record<Outcome["outcome"], string> = {
  stopped: "You stopped this answer.",
  failed: "This answer failed.",
  interrupted: "The server restarted while this answer was being written. What had been said was kept.",
};

export const Answer = memo(function Answer(props: {
  message: Message;
  streaming: boolean;
  /** Only the last answer can be asked for again. */
  onAgain?: (messageId: string) => void;
}) {
  const { message, streaming, onAgain } = props;
  const outcome = outcomeOf(message);
  const ended = outcome && OUTCOMES[outcome.outcome];
  const text = textOf(message);
  const again = onAgain && (() => onAgain(message.id));
  return (
    <article className={classes.answer} aria-label="Answer" aria-busy={streaming}>
      {message.parts.map((part, index) => {
        const key = `${part.type}-${index}`;
        if (part.type === "text") return <Markdown key={key} text={part.text} />;
        if (part.type === "reasoning") return <Thinking key={key} text={part.text} />;
        return null;
      })}
      {streaming && text === "" ? <div className={classes.waiting}>Thinking …</div> : null}
      {ended ? (
        <Notice
          kind={outcome?.outcome === "stopped" ? "stopped" : "failed"}
          actions={again ? [{ label: "Try again", act: again }] : []}
        >
          {ended} {outcome?.message}
        </Notice>
      ) : null}
      {streaming ? null : (
        <div className={classes.foot}>
          <div className={classes.actions}>
            {text ? <Copy text={text} /> : null}
            {again && !ended ? (
              <Tooltip label="Answer again">
                <ActionIcon variant="subtle" color="gray" size={32} aria-label="Answer again" onClick={again}>
                  <IconRefresh size={17} />
                </ActionIcon>
              </Tooltip>
            ) : null}
          </div>
          <ReceiptLine receipt={receiptOf(message)} usage={usageOf(message)} />
        </div>
      )}
    </article>
  );
});

function Thinking({ text }: { text: string }) {
  if (text.trim() === "") return null;
  return (
    <details className={classes.thinking}>
      <summary>Thoughts</summary>
      <p>{text}</p>
    </details>
  );
}

function Copy({ text }: { text: string }) {
  const { copied, copy } = useClipboard();
  return (
    <Tooltip label={copied ? "Copied" : "Copy"}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={copied ? "Copied" : "Copy the answer"}
        onClick={() => copy(text)}
      >
        {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}

function ReceiptLine({ receipt, usage }: { receipt: Receipt | undefined; usage: Usage | undefined }) {
  if (!receipt && !usage) return null;
  const parts = receipt?.components ?? [];
  const spent = [
    receipt && parts.length > 0 ? `${count(receipt.tokens)} prompt` : null,
    usage?.inputTokens === undefined ? null : `${count(usage.inputTokens)} in`,
    usage?.outputTokens === undefined ? null : `${count(usage.outputTokens)} out`,
  ].filter(Boolean);
  return (
    <div className={classes.receipt} role="group" aria-label="Receipt: the prompt that made this answer">
      {receipt?.presetId && receipt.presetName ? <span>{receipt.presetName}</span> : null}
      {receipt && parts.length === 0 ? <span>No system prompt</span> : null}
      {parts.map((part) => (
        <span
          key={part.type}
          className={classes.part}
          data-type={part.type}
          title={TYPE_NAMES[part.type].one}
        >
          {part.name} v{part.version}
        </span>
      ))}
      {spent.length > 0 ? (
        <span title={usage?.totalTokens === undefined ? undefined : plural(usage.totalTokens, "token")}>
          {spent.join(" · ")} tokens
        </span>
      ) : null}
    </div>
  );
}

export function Marker({ changes }: { changes: PromptChange[] }) {
  return (
    <div className={classes.marker} role="note" aria-label="The system prompt changed here">
      {changes.map((change) => (
        <span key={change.type} style={{ display: "inline-flex", gap: 5, alignItems: "center" }}>
          {change.type === "preset" ? null : <TypeIcon type={change.type} size={14} />}
          {change.text}
        </span>
      ))}
    </div>
  );
}
