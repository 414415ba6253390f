import { VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { outcomeOf } from "./messages";
import type { Turns } from "./use-turns";

const ENDED = {
  stopped: "Answer stopped.",
  failed: "The answer failed.",
  interrupted: "The answer was interrupted.",
};

/** How the answer is coming on, for those who cannot see it; null says nothing new. */
function wordsFor(turns: Turns, before: string): string | null {
  if (turns.reconnecting) return "Reconnecting.";
  if (turns.status === "submitted") return turns.resumed ? "An answer is being written." : "Sent.";
  if (turns.status === "streaming") return "Answering.";
  if (turns.running) return "An answer is being written.";
  const last = turns.messages.at(-1);
  if (turns.status !== "ready" || last?.role !== "assistant" || before === "") return null;
  const outcome = outcomeOf(last)?.outcome;
  return outcome ? ENDED[outcome] : "Answer complete.";
}

export function Spoken({ turns }: { turns: Turns }) {
  const [words, setWords] = useState("");
  const next = wordsFor(turns, words);
  if (next !== null && next !== words) setWords(next);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {words}
    </VisuallyHidden>
  );
}
