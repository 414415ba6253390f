import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request, type Schemas } from "./client";
import { useRefresh } from "./components";

/** The server takes no larger file, in bytes. */
export const FILE_LIMIT = 10_000_000;

export type PromptDocument = Schemas["Document"];
export type DocumentComponent = Schemas["DocumentComponent"];
export type DocumentPreset = Schemas["DocumentPreset"];
export type ImportItem = Schemas["ImportItem"];
export type ImportPlan = Schemas["ImportPlan"];
export type ImportReport = Schemas["ImportReport"];
export type Imported = Schemas["Imported"];

export const exportAddress = (format: "json" | "markdown" | "skills"): string =>
  `/api/prompts/export?format=${format}`;

/** What a file holds and what an import would make of it; nothing is written. */
export async function readImport(name: string, data: Blob, signal: AbortSignal): Promise<ImportPlan> {
  const answer = await request(`/api/prompts/import/read?name=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: data,
    signal,
  });
  return answer.json();
}

export function useImport() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    // Offline it fails and says so, instead of waiting for the line unseen.
    networkMode: "always",
    mutationFn: async (document: PromptDocument): Promise<ImportReport> => {
      const answer = await request("/api/prompts/import", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(document),
      });
      return answer.json();
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["component"] });
      return refresh();
    },
  });
}
