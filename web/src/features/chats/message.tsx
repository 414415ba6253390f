import { ActionIcon, Tooltip } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { memo } from "react";
import type { Model } from "@/api/models";
import { Markdown } from "@/components/markdown/markdown";
import { Copy } from "./copy";
import classes from "./message.module.css";
import { endingOf, type Message, outcomeOf, receiptOf, saysNothing, textOf, usageOf } from "./messages";
import { Notice } from "./notice";
import { ReceiptLine } from "./receipt-line";
import { Thinking } from "./thinking";
import { Sources, ToolUse } from "./tool-use";
import { sourcesOf, toolOf } from "./tools";
import { Votes } from "./votes";

/** What can be done with an answer; a reader of somebody else's chat can only copy it. */
export interface AnswerActs {
  again: () => void;
  vote: (messageId: string, isUpvoted: boolean) => void;
  showReceipt: (message: Message) => void;
}

export const Answer = memo(function Answer(props: {
  message: Message;
  models: Record<string, Model> | undefined;
  streaming?: boolean;
  /** Heard as it is written, not replayed. */
  live?: boolean;
  /** Only the last answer can be asked for again. */
  isLast?: boolean;
  vote?: boolean;
  acts?: AnswerActs;
}) {
  const { message, streaming = false, live = false, acts } = props;
  const outcome = outcomeOf(message);
  const text = textOf(message);
  const usage = usageOf(message);
  const again = props.isLast ? acts?.again : undefined;
  const thoughts = message.parts.filter((part) => part.type === "reasoning").length;
  return (
    <article className={classes.answer} aria-label="Answer" aria-busy={streaming}>
      {message.parts.map((part, index) => {
        const key = `${part.type}-${index}`;
        if (part.type === "text") return <Markdown key={key} text={part.text} />;
        if (part.type !== "reasoning") {
          const use = toolOf(part);
          return use ? <ToolUse key={key} use={use} mayOpen={acts !== undefined} /> : null;
        }
        return (
          <Thinking
            key={key}
            text={part.text}
            now={streaming && part.state === "streaming"}
            live={live}
            tokens={thoughts === 1 ? usage?.reasoningTokens : undefined}
          />
        );
      })}
      <Sources sources={sourcesOf(message)} />
      {streaming && saysNothing(message) ? <div className={classes.waiting}>Thinking …</div> : null}
      {outcome ? (
        <Notice
          kind={outcome.outcome === "stopped" ? "stopped" : "failed"}
          actions={again ? [{ label: "Try again", act: again }] : []}
        >
          {endingOf(outcome)}
        </Notice>
      ) : null}
      {streaming ? null : (
        <div className={classes.foot}>
          <div className={classes.actions}>
            {text ? <Copy text={text} label="Copy the answer" /> : null}
            {text && acts ? (
              <Votes vote={props.vote} onVote={(isUpvoted) => acts.vote(message.id, isUpvoted)} />
            ) : null}
            {again && !outcome ? (
              <Tooltip label="Answer again">
                <ActionIcon variant="subtle" color="gray" size={32} aria-label="Answer again" onClick={again}>
                  <IconRefresh size={17} />
                </ActionIcon>
              </Tooltip>
            ) : null}
          </div>
          <ReceiptLine
            receipt={receiptOf(message)}
            usage={usage}
            models={props.models}
            onOpen={acts && (() => acts.showReceipt(message))}
          />
        </div>
      )}
    </article>
  );
});
