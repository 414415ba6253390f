import { type Message, type Usage, usageOf } from "./messages";

/** US dollars with the digits that say something: "$1.24", "$0.031", "$0.00042". */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  if (usd < 0.000_01) return "< $0.00001";
  // Two digits that count, wherever they stand behind the point.
  return `$${usd.toFixed(Math.min(5, Math.max(2, 1 - Math.floor(Math.log10(usd)))))}`;
}

/** A model on this machine costs nothing; where the price of another is not known, there is no figure. */
export function costOf(usage: Usage | undefined, isLocal: (modelId: string) => boolean): number | undefined {
  if (usage?.costUSD) return usage.costUSD.totalUSD;
  return usage?.modelId !== undefined && isLocal(usage.modelId) ? 0 : undefined;
}

export interface Spent {
  /** Of the answers that are in the transcript; undefined where the price of one is not known. */
  cost: number | undefined;
  /** Whether these answers are all that the chat has cost: none was asked for again, edited away or compared. */
  isAll: boolean;
}

/** What the answers of a chat cost, `total` being the tokens of all its turns. */
export function spent(messages: Message[], total: number, isLocal: (modelId: string) => boolean): Spent {
  let [tokens, cost]: [number, number | undefined] = [0, 0];
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    const usage = usageOf(message);
    const one = costOf(usage, isLocal);
    tokens += usage?.totalTokens ?? 0;
    cost = cost === undefined || one === undefined ? undefined : cost + one;
  }
  return { cost, isAll: tokens === total };
}
