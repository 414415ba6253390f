import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { PromptOfAnswer } from "@/api/chats";
import { type Library, pieces } from "./receipt-diff";
import classes from "./receipt-panel.module.css";

/** The system prompt to the letter, or as it became this from the one before. */
export function ReceiptText({ prompt, isFirst }: { prompt: PromptOfAnswer; isFirst: boolean }) {
  const { text, previousText } = prompt;
  const [comparing, setComparing] = useState(false);
  if (text === null)
    return <p className={classes.note}>The text of this prompt was not kept; its parts are listed above.</p>;
  const changed = previousText !== null && previousText !== text;
  const isCompared = comparing && changed;
  const since = changed
    ? null
    : isFirst
      ? null
      : previousText === null
        ? "The text before this one was not kept."
        : "The answer before was made with the same text.";
  return (
    <section aria-label={isCompared ? "Changes in the text" : "Text"}>
      <div className={classes.head}>
        {changed ? (
          <Button
            size="xs"
            variant={comparing ? "light" : "default"}
            aria-pressed={comparing}
            onClick={() => setComparing(!comparing)}
          >
            Changes since the answer before
          </Button>
        ) : (
          <span className={classes.note}>{since}</span>
        )}
        {text === "" ? null : (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        )}
      </div>
      {isCompared ? (
        <Changes before={previousText} after={text} />
      ) : text === "" ? (
        <p className={classes.note}>There was no system prompt.</p>
      ) : (
        <pre className={classes.text}>{text}</pre>
      )}
    </section>
  );
}

/** Loads the library that compares when it is first wanted; until then, and without it, the text stands unmarked. */
function Changes({ before, after }: { before: string; after: string }) {
  const { data } = useQuery({
    queryKey: ["library", "diff"],
    queryFn: (): Promise<Library> => import("diff"),
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: "always",
    retry: false,
  });
  return (
    <pre className={classes.text}>
      {data
        ? pieces(before, after, data).map(({ text, kind }, place) => {
            const Mark = kind === "new" ? "ins" : kind === "gone" ? "del" : "span";
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no state and never move.
            return <Mark key={place}>{text}</Mark>;
          })
        : after}
    </pre>
  );
}
