import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { isEmpty, type Slots, type Type } from "@/lib/slots";
import { api, body, type Schemas } from "./client";

export type Preview = Schemas["Preview"];

/** Text that is being typed, in place of what its slot holds; a blank one is no part. */
export type Texts = Partial<Record<Type, string>>;

const NOTHING: Preview = { text: "", tokens: 0, parts: [], estimate: false };
const NO_TEXTS: Texts = {};

const blank = (texts: Texts): boolean => Object.values(texts).every((text) => text.trim() === "");

/** The system prompt that slots and texts compose into, by the server: composition exists once. */
export function previewQuery(slots: Slots, model?: string, texts: Texts = NO_TEXTS) {
  return queryOptions({
    queryKey: ["preview", slots, model ?? null, texts],
    queryFn: () =>
      isEmpty(slots) && blank(texts)
        ? NOTHING
        : body(api.POST("/api/prompt/preview", { body: { components: slots, texts, model } })),
    placeholderData: keepPreviousData,
  });
}
