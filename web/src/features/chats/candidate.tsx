import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Candidate as Side } from "@/api/comparisons";
import { modelsQuery } from "@/api/models";
import { Markdown } from "@/components/markdown/markdown";
import classes from "./comparison.module.css";
import { endingOf, type Message, outcomeOf, receiptOf, saysNothing, textOf, usageOf } from "./messages";
import { Notice } from "./notice";
import { ReceiptLine } from "./receipt-line";
import { Thinking } from "./thinking";
import { useCandidate } from "./use-candidate";

const kept = (side: Side): Message | undefined =>
  side.parts ? { id: side.messageId, role: "assistant", parts: side.parts as Message["parts"] } : undefined;

/** It is over and says something: it can be picked. */
export function isPickable(side: Side): boolean {
  const message = kept(side);
  return message !== undefined && textOf(message).trim() !== "";
}

/** One of two answers: what made it, and what it says so far. */
export function Candidate({ name, side, chatId }: { name: string; side: Side; chatId: string }) {
  const { heard, lost } = useCandidate(chatId, side);
  const { data: models } = useQuery(modelsQuery);
  const message = kept(side) ?? heard;
  const writing = side.parts === null;
  const outcome = message && outcomeOf(message);
  return (
    <article className={classes.column} aria-label={`Answer ${name}`} aria-busy={writing}>
      <header className={classes.made}>
        <span className={classes.name} aria-hidden="true">
          {name}
        </span>
        {message ? (
          <ReceiptLine receipt={receiptOf(message)} usage={usageOf(message)} models={models} />
        ) : null}
      </header>
      <div className={classes.body}>
        {message?.parts.map((part, index) => {
          const key = `${part.type}-${index}`;
          if (part.type === "text") return <Markdown key={key} text={part.text} />;
          if (part.type !== "reasoning") return null;
          const now = writing && part.state === "streaming";
          return <Thinking key={key} text={part.text} now={now} live={false} tokens={undefined} />;
        })}
        {writing && (lost || !message || saysNothing(message)) ? (
          <div className={classes.waiting}>
            <Loader size={16} aria-hidden="true" />
            {lost ? "Connection lost. Reconnecting …" : "Thinking …"}
          </div>
        ) : null}
        {outcome ? (
          <Notice kind={outcome.outcome === "stopped" ? "stopped" : "failed"}>{endingOf(outcome)}</Notice>
        ) : null}
      </div>
    </article>
  );
}
