import { beforeEach } from "vitest";
import type { Chat, Vote } from "@/api/chats";
import type { Message, Receipt } from "@/features/chats/messages";
import { type Asked, json, ME } from "../../app";

/** The chat of this test. A page that leaves an answer running keeps it: the next test needs another chat. */
export let CHAT = "";
beforeEach(() => {
  CHAT = crypto.randomUUID();
});

export const question = (id: string, text: string): Message => ({
  id,
  role: "user",
  parts: [{ type: "text", text }],
});

export const receipt = (style: string, version = 1): Receipt => ({
  presetId: null,
  presetName: "Custom",
  components: [{ id: style.toLowerCase(), type: "style", name: style, version }],
  tokens: 12,
});

export const answer = (id: string, text: string, prompt = receipt("Brief"), totalTokens = 100): Message => ({
  id,
  role: "assistant",
  parts: [
    { type: "data-prompt", data: prompt },
    { type: "text", text },
    { type: "data-usage", data: { totalTokens, modelId: "small" } },
  ],
});

export const row = (given: Partial<Chat> = {}) => ({
  id: CHAT,
  title: "Plans",
  createdAt: new Date().toISOString(),
  userId: "u",
  visibility: "private" as const,
  ...given,
});

export const chat = (given: Partial<Chat> = {}): Chat => ({
  ...row(),
  currentPresetId: null,
  presetHistory: [],
  totalTokens: 0,
  provider: "openai",
  prompt: { presetId: null, presetName: "Custom", components: {}, changedComponents: [] },
  isRunning: false,
  comparison: null,
  ...given,
});

/** One chat as the server has it, which a test may change while the page is open. */
export interface Kept {
  chat: Chat;
  messages: Message[];
  votes?: Vote[];
  isReadonly?: boolean;
}

export const serve =
  (kept: Kept, more: (asked: Asked) => Response | undefined = () => undefined) =>
  (asked: Asked): Response | undefined => {
    const special = more(asked);
    if (special) return special;
    const { method, path } = asked;
    if (method === "GET" && path === `/api/chat/${CHAT}`) return json(kept.chat);
    if (method === "GET" && path === "/api/vote") return json(kept.votes ?? []);
    if (path === "/api/messages") {
      const { visibility, userId } = kept.chat;
      return json({ messages: kept.messages, visibility, userId, isReadonly: kept.isReadonly ?? false });
    }
    return undefined;
  };

/** An answer that is written while the test says so. */
export function live() {
  const encoder = new TextEncoder();
  let control: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      control = given;
    },
  });
  return {
    response: new Response(body, { headers: { "content-type": "text/event-stream" } }),
    say: (...chunks: object[]) => {
      for (const chunk of chunks) control.enqueue(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`));
    },
    end: () => control.close(),
    break: () => control.error(new TypeError("network error")),
  };
}

export const begin = (messageId: string, text: string, prompt = receipt("Brief")) => [
  { type: "start", messageId },
  { type: "data-prompt", data: prompt },
  { type: "start-step" },
  { type: "text-start", id: "1" },
  { type: "text-delta", id: "1", delta: text },
];

export const finish = (totalTokens = 100) => [
  { type: "text-end", id: "1" },
  { type: "data-usage", data: { totalTokens, modelId: "small" } },
  { type: "finish-step" },
  { type: "finish" },
];

/** Everything that a page asks for, signed in. */
export const world = (kept: Kept, more?: (asked: Asked) => Response | undefined) => ({
  user: ME,
  answer: serve(kept, more),
});

export const isAsk = ({ path, method }: Asked) => path === "/api/chat" && method === "POST";
