import { read, write } from "@/lib/storage";
import type { Selection } from "./selection";

/** A picture that is on the server already. `size` in bytes. */
export interface Uploaded {
  url: string;
  name: string;
  mediaType: string;
  size: number;
}

/** What was typed and chosen but not sent, kept per chat in this browser. */
export interface Draft {
  text: string;
  selection: Selection | null;
  /** The other prompt that the question shall go to; null where nothing is compared. */
  versus: Selection | null;
  pictures: Uploaded[];
}

export const NEW = "new";
export const BLANK: Draft = { text: "", selection: null, versus: null, pictures: [] };

export function readDraft(key: string): Draft {
  try {
    return { ...BLANK, ...(JSON.parse(read(`draft:${key}`) ?? "null") as Partial<Draft> | null) };
  } catch {
    return BLANK;
  }
}

export function keepDraft(key: string, draft: Draft): void {
  const { text, selection, versus, pictures } = draft;
  const nothing = text === "" && selection === null && versus === null && pictures.length === 0;
  write(`draft:${key}`, nothing ? null : JSON.stringify(draft));
}
