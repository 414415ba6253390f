import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { isEmpty, type Slots } from "@/lib/slots";
import { api, body, type Schemas } from "./client";

export type Preview = Schemas["Preview"];

const NOTHING: Preview = { text: "", tokens: 0, parts: [], estimate: false };

/** The system prompt these slots compose into, by the server: composition exists once. */
export function previewQuery(slots: Slots, model?: string) {
  return queryOptions({
    queryKey: ["preview", slots, model ?? null],
    queryFn: () =>
      isEmpty(slots)
        ? NOTHING
        : body(api.POST("/api/prompt/preview", { body: { components: slots, model } })),
    placeholderData: keepPreviousData,
  });
}
