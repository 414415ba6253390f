import type { Message, Part } from "./messages";

/** A tool that a Chat SDK's model used, as its answers keep it. */
export interface ToolUse {
  name: string;
  state: "running" | "done" | "failed";
  /** What it was about, where it says so. */
  title: string | undefined;
  /** The document that it made or changed. */
  documentId: string | undefined;
  input: unknown;
  output: unknown;
}

type Loose = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const STATES: Record<string, ToolUse["state"]> = {
  "output-available": "done",
  "output-error": "failed",
  "output-denied": "failed",
};

const members = (value: unknown): Loose =>
  typeof value === "object" && value !== null ? (value as Loose) : {};
const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export function toolOf(part: Part): ToolUse | undefined {
  const kept = part as Loose & { type: string };
  const isNamed = kept.type === "dynamic-tool";
  if (!isNamed && !kept.type.startsWith("tool-")) return undefined;
  const [input, output] = [members(kept.input), members(kept.output)];
  const documentId = text(output.id) ?? text(input.id);
  return {
    name: isNamed ? (text(kept.toolName) ?? "tool") : kept.type.slice("tool-".length),
    state: STATES[String(kept.state)] ?? "running",
    title: text(output.title) ?? text(input.title),
    documentId: documentId !== undefined && UUID.test(documentId) ? documentId : undefined,
    input: kept.input,
    output: kept.output ?? kept.errorText,
  };
}

export interface Source {
  title: string;
  /** Absent where the source is none of the web. */
  url?: string;
}

/** What an answer leans on. */
export function sourcesOf(message: Message): Source[] {
  return message.parts.flatMap((part): Source[] => {
    if (part.type === "source-document") return [{ title: part.title }];
    if (part.type !== "source-url") return [];
    const title = part.title ?? part.url;
    return [/^https?:\/\//.test(part.url) ? { title, url: part.url } : { title }];
  });
}
