import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Type } from "@/lib/slots";
import { api, body, type Schemas } from "./client";

export type Component = Schemas["Component"];
export type NewComponent = Schemas["NewComponent"];
export type ComponentChange = Schemas["ComponentChange"];
export type ComponentSort = "usage" | "recent" | "name";

const PAGE = 50;

export function componentsQuery(filter: { type?: Type; q?: string; sort?: ComponentSort }) {
  const { type, sort = "usage" } = filter;
  const q = filter.q?.trim() || undefined;
  return infiniteQueryOptions({
    queryKey: ["components", { type, q, sort }],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/components", {
          params: { query: { type, q, sort, limit: PAGE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
}

export function componentQuery(id: string) {
  return queryOptions({
    queryKey: ["component", id],
    queryFn: () =>
      body(api.GET("/api/components/{component_id}", { params: { path: { component_id: id } } })),
  });
}

/** What changes with any component: the lists, the presets that hold it, the prompts made of it. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ["components", "presets", "preset", "preview", "billing"].map((key) =>
        client.invalidateQueries({ queryKey: [key] }),
      ),
    );
}

export function useCreateComponent() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (component: NewComponent) => body(api.POST("/api/components", { body: component })),
    onSuccess: (made) => {
      client.setQueryData(componentQuery(made.id).queryKey, made);
      void refresh();
    },
  });
}

export function useChangeComponent() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    /** `version` is the one the change was made from; without it the change wins over whatever is there. */
    mutationFn: ({ id, version, change }: { id: string; version?: number; change: ComponentChange }) =>
      body(
        api.PATCH("/api/components/{component_id}", {
          params: {
            path: { component_id: id },
            header: version === undefined ? {} : { "if-match": `"${version}"` },
          },
          body: change,
        }),
      ),
    onSuccess: (changed) => {
      client.setQueryData(componentQuery(changed.id).queryKey, changed);
      void refresh();
    },
  });
}

export function useDeleteComponent() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      body(api.DELETE("/api/components/{component_id}", { params: { path: { component_id: id } } })),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: componentQuery(id).queryKey });
      void refresh();
    },
  });
}
