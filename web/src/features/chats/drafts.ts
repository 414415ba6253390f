import { read, write } from "@/lib/storage";
import type { Selection } from "./selection";

/** What was typed and chosen but not sent, kept per chat in this browser. */
export interface Draft {
  text: string;
  selection: Selection | null;
}

export const NEW = "new";

export function readDraft(key: string): Draft {
  try {
    const kept = JSON.parse(read(`draft:${key}`) ?? "null") as Partial<Draft> | null;
    return { text: kept?.text ?? "", selection: kept?.selection ?? null };
  } catch {
    return { text: "", selection: null };
  }
}

export function keepDraft(key: string, draft: Draft): void {
  const nothing = draft.text === "" && draft.selection === null;
  write(`draft:${key}`, nothing ? null : JSON.stringify(draft));
}
