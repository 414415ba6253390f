import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import axe from "axe-core";
import { vi } from "vitest";
import type { Component } from "@/api/components";
import type { Preset } from "@/api/presets";
import { queryClient } from "@/api/query-client";
import { theme } from "@/components/theme";
import { slotKey, TYPES } from "@/lib/slots";
import { makeRouter } from "@/routes/router";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
  /** The query, as URLSearchParams. */
  query: URLSearchParams;
  ifMatch: string | null;
}

interface World {
  user?: { id: string; email: string; isGuest: boolean } | null;
  components?: Component[];
  presets?: Preset[];
  messages?: Record<string, unknown[]>;
  chats?: { id: string; title: string; createdAt: string; userId: string; visibility: string }[];
  /** Answers instead of the world where it answers. */
  answer?: (asked: Asked) => Response | undefined;
}

const MODEL = {
  name: "Small",
  provider: "local",
  tools: false,
  vision: false,
  reasoning: false,
  contextWindow: 8192,
  maxOutput: 1024,
  price: null,
  inPlan: true,
  isDefault: true,
  note: null,
};

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });

/** It is noon, and a moment ago was today: at midnight it would have been yesterday. Timers run on. */
export const atNoon = () => vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 2, 1, 12) });

/** `more` are further members of the problem; of them, `retryAfter` is the header. */
export function refusal(
  status: number,
  code: string,
  detail: string,
  errors?: object[],
  more: { retryAfter?: number; challenge?: string } = {},
): Response {
  const { retryAfter, ...members } = more;
  const problem = { title: "Refused", status, detail, code, message: detail, errors, ...members };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (retryAfter) headers.set("retry-after", String(retryAfter));
  return new Response(JSON.stringify(problem), { status, headers });
}

/** A streamed answer, as the server sends one. */
export function stream(...chunks: object[]): Response {
  const lines = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"];
  return new Response(lines.map((line) => `data: ${line}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" },
  });
}

function respond(world: World, { method, path }: Asked, url: URL): Response {
  const { components = [], presets = [], messages = {}, chats = [] } = world;
  const page = (items: unknown[]) => json({ items, nextCursor: null });
  const id = path.split("/")[3] ?? "";
  const found = (items: { id: string }[]) => {
    const item = items.find((candidate) => candidate.id === id);
    return item ? json(item) : refusal(404, "not_found:api", "It is not here.");
  };
  if (path === "/api/auth/session")
    return json({ user: world.user ?? null, plan: world.user ? "free" : null });
  if (path === "/api/auth/providers" || path.startsWith("/api/account/")) return page([]);
  if (path === "/api/account" && world.user) return json({ ...world.user, hasPassword: !world.user.isGuest });
  if (path === "/api/models") return json({ small: MODEL });
  if (path === "/api/models/local") return json({ items: [], manageable: false });
  if (path === "/api/history") return json({ chats, hasMore: false });
  if (path === "/api/messages") {
    const said = messages[url.searchParams.get("chatId") ?? ""] ?? [];
    return json({ messages: said, visibility: "private", userId: "u", isReadonly: false });
  }
  if (path === "/api/prompt/preview") return json({ text: "", tokens: 7, parts: [], estimate: false });
  if (path === "/api/components" && method === "GET") {
    const type = url.searchParams.get("type");
    return page(components.filter((component) => type === null || component.type === type));
  }
  if (path === "/api/components/tags") return json({ items: [] });
  if (path.endsWith("/impact")) {
    const holding = presets.filter((preset) => TYPES.some((type) => preset[slotKey(type)] === id));
    return json({ presets: holding.map(({ id, name }) => ({ id, name })), chats: 0 });
  }
  if (path.endsWith("/versions")) {
    return page(components.filter((component) => component.id === id));
  }
  if (path.startsWith("/api/components/")) return found(components);
  if (path === "/api/trash") return page([]);
  if (path === "/api/presets" && method === "GET") return page(presets);
  if (path.startsWith("/api/presets/")) return found(presets);
  if (path.startsWith("/api/chat/")) {
    const chat = chats.find((candidate) => candidate.id === id);
    const rest = { currentPresetId: null, presetHistory: [], totalTokens: 0, provider: null };
    if (chat) return json({ ...chat, ...rest, prompt: null, isRunning: false });
  }
  return refusal(404, "not_found:api", "It is not here.");
}

/** A file that is sent as it is need not be JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The whole app at an address, with the network answered by `world`; what was asked is collected. */
export function open(address: string, world: World) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(new URL(input instanceof Request ? input.url : input, location.origin), {
      method: input instanceof Request ? input.method : init?.method,
      body: input instanceof Request ? await input.text().then((text) => text || undefined) : init?.body,
    });
    const url = new URL(request.url);
    const text = await request.text();
    const one = {
      method: request.method,
      path: url.pathname,
      body: text ? parsed(text) : undefined,
      query: url.searchParams,
      ifMatch: input instanceof Request ? input.headers.get("if-match") : null,
    };
    asked.push(one);
    return world.answer?.(one) ?? respond(world, one, url);
  });
  queryClient.clear();
  notifications.clean();
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  const page = render(
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} env="test">
      <QueryClientProvider client={queryClient}>
        <Notifications />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...page, asked, router };
}

/** Rules broken, as "rule: element". Contrast and page geometry need a real browser. */
export async function broken(container: Element): Promise<string[]> {
  const { violations } = await axe.run(container, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
  });
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}

export const ME = { id: "u", email: "me@example.com", isGuest: false };
