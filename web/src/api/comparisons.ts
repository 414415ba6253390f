import { api, body, type Schemas } from "./client";

export type Comparison = Schemas["Comparison"];
export type Candidate = Schemas["CandidateRow"];
export type CompareRequest = Schemas["CompareRequest"];

/** Asks one question of two prompts; without `message`, the last question of the chat again. */
export function compare(request: CompareRequest): Promise<Comparison> {
  return body(api.POST("/api/comparisons", { body: request }));
}

/** Lets one of the two answers become the chat's. */
export function pickAnswer(id: string, messageId: string): Promise<Comparison> {
  return body(
    api.POST("/api/comparisons/{comparison_id}/pick", {
      params: { path: { comparison_id: id } },
      body: { messageId },
    }),
  );
}
