import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, isRefusal, type Schemas } from "./client";
import {
  at,
  type Component,
  type ComponentChange,
  componentQuery,
  useKeep,
  useRefresh,
  without,
} from "./components";

// Apart from what the chat page needs of components, so that it need not load this.

export type ComponentVersion = Schemas["ComponentVersion"];
export type Impact = Schemas["Impact"];

const ifMatch = (version: number) => ({ "if-match": `"${version}"` });

/** Every tag in use with how many components have it, the most used first. */
export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: () => body(api.GET("/api/components/tags")).then((tags) => tags.items),
});

/** Everything a component ever said, the present first. */
export function versionsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["versions", id],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/components/{component_id}/versions", {
          params: { ...at(id), query: { cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
}

/** The presets and chats that speak with a component: what a change reaches. */
export function impactQuery(id: string) {
  return queryOptions({
    queryKey: ["impact", id],
    queryFn: () => body(api.GET("/api/components/{component_id}/impact", { params: at(id) })),
    staleTime: 0,
  });
}

/** A refusal may mean that the page is behind: what another editor did is read. */
function useLook() {
  const client = useQueryClient();
  return (error: unknown, id: string) => {
    if (!isRefusal(error, 412)) return;
    void client.invalidateQueries({ queryKey: componentQuery(id).queryKey });
    void client.invalidateQueries({ queryKey: versionsQuery(id).queryKey });
  };
}

export function useDuplicateComponent() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.POST("/api/components/{component_id}/duplicate", { params: at(id) })),
    onSuccess: keep,
  });
}

export function useChangeComponent() {
  const keep = useKeep();
  const look = useLook();
  return useMutation({
    /** `version` is the one the change was made from: the server refuses with 412 if it is not the present one. */
    mutationFn: ({ id, version, change }: { id: string; version: number; change: ComponentChange }) =>
      body(
        api.PATCH("/api/components/{component_id}", {
          params: { ...at(id), header: ifMatch(version) },
          body: change,
        }),
      ),
    onSuccess: keep,
    onError: (error, { id }) => look(error, id),
  });
}

export function useRestoreVersion(id: string) {
  const keep = useKeep();
  const look = useLook();
  return useMutation({
    /** `present` is the version that the old one is to replace; 412 if another one did. */
    mutationFn: ({ version, present }: { version: number; present: number }) =>
      body(
        api.POST("/api/components/{component_id}/restore", {
          params: { ...at(id), header: ifMatch(present) },
          body: { version },
        }),
      ),
    onSuccess: keep,
    onError: (error) => look(error, id),
  });
}

export function useDeleteComponent() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => body(api.DELETE("/api/components/{component_id}", { params: at(id) })),
    onSuccess: (_, id) => {
      const { queryKey } = componentQuery(id);
      // The editor that asked is still there and must not ask for what is gone.
      client.removeQueries({ queryKey, type: "inactive" });
      void client.invalidateQueries({ queryKey, refetchType: "none" });
      // At once, not when the lists have answered: the focus must not return to a card that is about to go.
      client.setQueriesData<InfiniteData<{ items: Component[] }>>({ queryKey: ["components"] }, (lists) =>
        without(lists, id),
      );
      void refresh(id);
    },
  });
}
