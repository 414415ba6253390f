import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, request, type Schemas } from "./client";

export type Credentials = Schemas["Login"];
export type Provider = Schemas["ProviderView"];

/** Offline, an act fails and says so: nobody should be signed in later, out of the blue. */
const NOW = { networkMode: "always" } as const;

/** Who else one can sign in with. */
export const providersQuery = queryOptions({
  ...NOW,
  queryKey: ["providers"],
  queryFn: () => body(api.GET("/api/auth/providers")),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** Where a provider signs one in; afterwards the browser is at `next`, a path of ours. */
export const providerAddress = (id: string, next: string): string =>
  `/api/auth/oauth/${id}?redirectUrl=${encodeURIComponent(next)}`;

export const guestAddress = (next: string): string =>
  `/api/auth/guest?redirectUrl=${encodeURIComponent(next)}`;

/** One way in. Whoever was here before, nothing of theirs may stay in memory. */
function useEntering<Given>(enter: (given: Given) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ ...NOW, mutationFn: enter, onSuccess: () => client.clear() });
}

export function useSignIn(how: "login" | "register") {
  return useEntering((credentials: Credentials) =>
    how === "login"
      ? body(api.POST("/api/auth/login", { body: credentials }))
      : body(api.POST("/api/auth/register", { body: credentials })),
  );
}

/** The second half of a sign-in whose password was right. */
export function useSecondFactor(challenge: string) {
  return useEntering((code: string) =>
    body(api.POST("/api/auth/second-factor", { body: { challenge, code } })),
  );
}

export function useGuestEntry() {
  return useEntering(() => request(guestAddress("/api/auth/session")));
}
