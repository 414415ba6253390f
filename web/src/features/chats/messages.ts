import type { UIMessage } from "ai";
import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";

/** Which prompt made an answer. */
export interface Receipt {
  presetId: string | null;
  presetName: string | null;
  components: { id: string; type: Type; name: string; version: number }[];
  tokens: number;
}

export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  modelId?: string;
}

export interface Outcome {
  outcome: "stopped" | "failed" | "interrupted";
  message?: string;
}

export type Message = UIMessage<{ createdAt?: string }, { prompt: Receipt; usage: Usage; outcome: Outcome }>;

function data<K extends "prompt" | "usage" | "outcome">(message: Message, kind: K) {
  type Kept = { prompt: Receipt; usage: Usage; outcome: Outcome }[K];
  const part = message.parts.findLast((candidate) => candidate.type === `data-${kind}`);
  return part && "data" in part ? (part.data as Kept) : undefined;
}

export const receiptOf = (message: Message) => data(message, "prompt");
export const usageOf = (message: Message) => data(message, "usage");
export const outcomeOf = (message: Message) => data(message, "outcome");

export function textOf(message: Message): string {
  return message.parts
    .filter((part) => part.type === "text")
    .map((part) => part.text)
    .join("\n\n");
}

export interface PromptChange {
  type: Type | "preset";
  text: string;
}

/** What changed in the prompt from one answer to the next: "Style: Formal → Concise". */
export function promptChanges(before: Receipt | undefined, after: Receipt | undefined): PromptChange[] {
  if (!before || !after) return [];
  const of = (receipt: Receipt, type: Type) => receipt.components.find((part) => part.type === type);
  const changes = TYPES.flatMap((type): PromptChange[] => {
    const [was, is] = [of(before, type), of(after, type)];
    if (was?.id === is?.id && was?.version === is?.version) return [];
    const edited = was && is && was.id === is.id;
    const text = edited
      ? `${is.name}, version ${was.version} → ${is.version}`
      : `${was?.name ?? "none"} → ${is?.name ?? "none"}`;
    return [{ type, text: `${TYPE_NAMES[type].one}: ${text}` }];
  });
  if (changes.length === 0 && before.presetId !== after.presetId) {
    return [
      { type: "preset", text: `Preset: ${before.presetName ?? "none"} → ${after.presetName ?? "none"}` },
    ];
  }
  return changes;
}
