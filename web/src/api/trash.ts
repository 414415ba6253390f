import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, body, type Schemas } from "./client";
import { componentQuery, useRefresh, without } from "./components";
import { presetQuery } from "./presets";

export type Trashed = Schemas["Trashed"];
export type Restored = Schemas["Restored"];

/** What was deleted in the last 30 days, the last first. */
export const trashQuery = infiniteQueryOptions({
  queryKey: ["trash"],
  queryFn: ({ pageParam }) =>
    body(api.GET("/api/trash", { params: { query: { cursor: pageParam ?? undefined } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor ?? null,
});

const at = (id: string) => ({ params: { path: { trash_id: id } } });

/** At once, not when the list has answered: the focus goes on to the next row. */
function drop(client: QueryClient, id: string) {
  client.setQueryData<InfiniteData<Schemas["Page_Trashed_"]>>(trashQuery.queryKey, (list) =>
    without(list, id),
  );
}

/** Brings back one component or preset, by its own id; also from where no page waits for it any more. */
export function useBringBack(): (id: string) => Promise<Restored> {
  const client = useQueryClient();
  const refresh = useRefresh();
  return async (id) => {
    const restored = await body(api.POST("/api/trash/{trash_id}/restore", at(id)));
    drop(client, id);
    if (restored.component) client.setQueryData(componentQuery(id).queryKey, restored.component);
    if (restored.preset) client.setQueryData(presetQuery(id).queryKey, restored.preset);
    void client.invalidateQueries({ queryKey: ["chat"] });
    void refresh();
    return restored;
  };
}

export function useRestoreTrashed() {
  const bringBack = useBringBack();
  return useMutation({ mutationFn: bringBack });
}

export function useForgetTrashed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE("/api/trash/{trash_id}", at(id)),
    onSuccess: (_, id) => {
      drop(client, id);
      return client.invalidateQueries({ queryKey: trashQuery.queryKey });
    },
  });
}

export function useEmptyTrash() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/api/trash"),
    onSuccess: () => client.invalidateQueries({ queryKey: trashQuery.queryKey }),
  });
}
