import { queryOptions, useMutation } from "@tanstack/react-query";
import { api, body } from "./client";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => body(api.GET("/api/auth/session")),
  staleTime: 60_000,
});

export function useSignOut() {
  return useMutation({ mutationFn: () => api.POST("/api/auth/logout") });
}
