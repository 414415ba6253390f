import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, request, type Schemas } from "./client";

export type Account = Schemas["AccountDetails"];
export type Session = Schemas["Session"];
export type Identity = Schemas["Identity"];
export type ApiKey = Schemas["ApiKey"];
export type MadeKey = Schemas["MadeKey"];
export type Scope = ApiKey["scopes"][number];
export type SecondFactor = Schemas["SecondFactorState"];
export type AuditEntry = Schemas["AuditEntry"];

/** Offline, an act fails and says so: nobody should wonder later what it did when the line came back. */
const NOW = { networkMode: "always" } as const;

export const accountQuery = queryOptions({
  queryKey: ["account", "details"],
  queryFn: () => body(api.GET("/api/account")),
});
export const secondFactorQuery = queryOptions({
  queryKey: ["account", "second-factor"],
  queryFn: () => body(api.GET("/api/account/second-factor")),
});
export const identitiesQuery = queryOptions({
  queryKey: ["account", "identities"],
  queryFn: () => body(api.GET("/api/account/identities")),
});
export const sessionsQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: () => body(api.GET("/api/account/sessions")),
});
export const keysQuery = queryOptions({
  queryKey: ["account", "keys"],
  queryFn: () => body(api.GET("/api/account/keys")),
});
export const auditQuery = infiniteQueryOptions({
  queryKey: ["account", "audit"],
  queryFn: ({ pageParam }) =>
    body(api.GET("/api/account/audit", { params: { query: { limit: 30, cursor: pageParam } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor ?? null,
});

/** An act on the account. Whatever it changes, the activity tells it too: everything of the account is asked for again. */
function useAct<Given = void, Answer = unknown>(act: (given: Given) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: ["account"] }),
  });
}

const at = "/api/account";

export const useChangePassword = () =>
  useAct((passwords: Schemas["PasswordChange"]) => api.POST(`${at}/password`, { body: passwords }));

export const useBeginSecondFactor = () =>
  useAct((password: string | null) =>
    body(api.POST(`${at}/second-factor`, { body: { password: password ?? "" } })),
  );
export const useEnableSecondFactor = () =>
  useAct((code: string) => body(api.POST(`${at}/second-factor/enable`, { body: { code } })));
export const useRenewRecoveryCodes = () =>
  useAct((proof: Schemas["WithPasswordAndCode"]) =>
    body(api.POST(`${at}/second-factor/recovery-codes`, { body: proof })),
  );
export const useDisableSecondFactor = () =>
  useAct((proof: Schemas["WithPasswordAndCode"]) => api.DELETE(`${at}/second-factor`, { body: proof }));

export const useEndSession = () =>
  useAct((id: string) => api.DELETE(`${at}/sessions/{session_id}`, { params: { path: { session_id: id } } }));
export const useEndOtherSessions = () => useAct(() => body(api.DELETE(`${at}/sessions`)));

/** Leads to the provider, which leads back to the account page. */
export function useLink(provider: string) {
  return useMutation({
    ...NOW,
    mutationFn: (password: string | null) =>
      body(api.POST(`${at}/identities`, { body: { provider, password } })),
    onSuccess: ({ url }) => location.assign(url),
  });
}
export const useUnlink = () =>
  useAct((id: string) =>
    api.DELETE(`${at}/identities/{identity_id}`, { params: { path: { identity_id: id } } }),
  );

export const useMakeKey = () =>
  useAct((wanted: Schemas["NewKey"]) => body(api.POST(`${at}/keys`, { body: wanted })));
export const useRevokeKey = () =>
  useAct((id: string) => api.DELETE(`${at}/keys/{key_id}`, { params: { path: { key_id: id } } }));

/** With the password, where there is one. Nothing is asked for again: nobody is signed in any more. */
export function useDeleteAccount() {
  return useMutation({
    ...NOW,
    mutationFn: (password: string | null) => api.DELETE(at, { body: { password } }),
  });
}

/** Everything of the account as a file; `onBytes` hears how much has arrived. */
export async function takeOut(signal: AbortSignal, onBytes: (bytes: number) => void): Promise<File> {
  const answer = await request(`${at}/export`, { signal });
  const named = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = answer.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    pieces.push(read.value);
    bytes += read.value.length;
    onBytes(bytes);
  }
  return new File(pieces, named?.[1] ?? "quartet.json", { type: "application/json" });
}
