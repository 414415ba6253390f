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
  cachedInputTokens?: number;
  reasoningTokens?: number;
  modelId?: string;
  /** Absent where the price is not known. */
  costUSD?: { inputUSD: number; outputUSD: number; totalUSD: number };
}

export interface Outcome {
  outcome: "stopped" | "failed" | "interrupted";
  message?: string;
}

/** What a person is told of an answer that did not come to its own end. */
export function endingOf({ outcome, message = "" }: Outcome): string {
  if (outcome === "stopped") return "You stopped this answer.";
  if (outcome === "failed") return `This answer failed. ${message}`.trim();
  return "The server stopped while this answer was being written. What had been said was kept.";
}

export type Message = UIMessage<{ createdAt?: string }, { prompt: Receipt; usage: Usage; outcome: Outcome }>;
export type Part = Message["parts"][number];

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

/** An answer that says nothing takes no other answer's place. */
export const saysNothing = (message: Message): boolean =>
  !message.parts.some((part) => (part.type === "text" || part.type === "reasoning") && part.text !== "");

/** Where the last question stands; -1 without one. */
export const lastQuestion = (messages: Message[]): number =>
  messages.findLastIndex((message) => message.role === "user");

export interface PromptChange {
  type: Type | "preset";
  text: string;
}

type Setup = Pick<Receipt, "presetId" | "presetName"> & {
  /** Without a version: whichever it has now. */
  components: { id: string; type: Type; name: string; version?: number }[];
};

/** What changed in the prompt from one answer to the next: "Style: Formal → Concise". */
export function promptChanges(before: Setup | undefined, after: Setup | undefined): PromptChange[] {
  if (!before || !after) return [];
  const of = (setup: Setup, type: Type) => setup.components.find((part) => part.type === type);
  const changes = TYPES.flatMap((type): PromptChange[] => {
    const [was, is] = [of(before, type), of(after, type)];
    const edited = was?.version !== undefined && is?.version !== undefined && was.version !== is.version;
    if (was?.id === is?.id && !edited) return [];
    const text =
      was && is && was.id === is.id
        ? `${is.name}, version ${was.version} → ${is.version}`
        : `${was?.name ?? "none"} → ${is?.name ?? "none"}`;
    return [{ type, text: `${TYPE_NAMES[type].one}: ${text}` }];
  });
  if (changes.length === 0 && before.presetId !== after.presetId) {
    const name = ({ presetId, presetName }: Setup) => (presetId === null ? "none" : presetName);
    return [{ type: "preset", text: `Preset: ${name(before)} → ${name(after)}` }];
  }
  return changes;
}

/** For every answer, the receipt of the last one before it that has one. */
export function receiptsBefore(messages: Message[]): Map<string, Receipt | undefined> {
  const before = new Map<string, Receipt | undefined>();
  let previous: Receipt | undefined;
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    before.set(message.id, previous);
    previous = receiptOf(message) ?? previous;
  }
  return before;
}
