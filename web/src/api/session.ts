import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "./client";

export type Credentials = Schemas["Login"];

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => body(api.GET("/api/auth/session")),
  staleTime: 60_000,
});

export function useSignIn(how: "login" | "register") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      how === "login"
        ? body(api.POST("/api/auth/login", { body: credentials }))
        : body(api.POST("/api/auth/register", { body: credentials })),
    // Whoever was here before, nothing of theirs may stay in memory.
    onSuccess: () => client.clear(),
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => api.POST("/api/auth/logout") });
}
