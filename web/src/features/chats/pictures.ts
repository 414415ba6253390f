import type { Uploaded } from "./drafts";
import type { Message } from "./messages";

/** A picture beside the question: shown from `src`, sent by `url` once it is on the server. */
export interface Picture extends Omit<Uploaded, "url"> {
  id: string;
  src: string;
  url: string | null;
  /** How much of it has left, 0 to 1. */
  progress: number;
  /** Its upload failed, and why. */
  trouble: string | null;
  /** What can be uploaded again. */
  file: File | null;
}

export const MEDIA_TYPES = ["image/png", "image/jpeg"];

/** The files of what is pasted or dropped. A text from an office program comes with a picture of itself. */
export function filesIn(data: DataTransfer): File[] {
  return data.types.includes("text/plain") ? [] : [...data.files];
}

/** A file as a message carries it; the Chat SDK's client calls its name `name`, the AI SDK `filename`. */
export interface Attached {
  url: string;
  name: string;
  mediaType: string;
}

export function filesOf({ parts }: Pick<Message, "parts">): Attached[] {
  return parts.flatMap((part) => {
    if (part.type !== "file") return [];
    const name = part.filename ?? (part as { name?: string }).name ?? "picture";
    return [{ url: part.url, name, mediaType: part.mediaType }];
  });
}
