import { QueryClient } from "@tanstack/react-query";
import { Refusal } from "./client";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays a refusal; only what did not reach the server is worth a second try.
      retry: (failures, error) => failures < 2 && (!(error instanceof Refusal) || error.status >= 500),
    },
  },
});
