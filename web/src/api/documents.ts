import { queryOptions } from "@tanstack/react-query";
import { api, body, type Schemas } from "./client";

export type Document = Schemas["DocumentRow"];
export type Suggestion = Schemas["Suggestion"];

/** All versions of a document that a Chat SDK's chat made, the oldest first. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["document", id],
    queryFn: () => body(api.GET("/api/document", { params: { query: { id } } })),
    // The Chat SDK may have written a newer version since.
    staleTime: 0,
  });
}

export function suggestionsQuery(documentId: string) {
  return queryOptions({
    queryKey: ["suggestions", documentId],
    queryFn: () => body(api.GET("/api/suggestions", { params: { query: { documentId } } })),
    staleTime: 0,
  });
}
