import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import type { Type } from "@/lib/slots";
import { api, body, type Schemas } from "./client";

export type Component = Schemas["Component"];
export type NewComponent = Schemas["NewComponent"];
export type ComponentChange = Schemas["ComponentChange"];
export type ComponentSort = "usage" | "recent" | "name";

export interface ComponentFilter {
  type?: Type;
  q?: string;
  tag?: string;
  sort?: ComponentSort;
}

const PAGE = 50;

export function componentsQuery(filter: ComponentFilter) {
  const { type, tag, sort = "usage" } = filter;
  const q = filter.q?.trim() || undefined;
  return infiniteQueryOptions({
    queryKey: ["components", { type, q, tag, sort }],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/components", {
          params: { query: { type, q, tag, sort, limit: PAGE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
}

export const at = (id: string) => ({ path: { component_id: id } });

export function componentQuery(id: string) {
  return queryOptions({
    queryKey: ["component", id],
    queryFn: () => body(api.GET("/api/components/{component_id}", { params: at(id) })),
  });
}

const TOUCHED = [
  "components",
  "tags",
  "versions",
  "impact",
  "presets",
  "preset",
  "preview",
  "trash",
  "billing",
];

/** What changes with any component: the lists, the presets that hold it, the prompts made of it; not `gone` itself. */
export function useRefresh() {
  const client = useQueryClient();
  return (gone?: string) =>
    client.invalidateQueries({
      predicate: ({ queryKey: [key, id] }) => TOUCHED.includes(String(key)) && (!gone || id !== gone),
    });
}

/** Keeps what the server answered, and asks again for what it may have changed. */
export function useKeep() {
  const client = useQueryClient();
  const refresh = useRefresh();
  return (component: Component) => {
    client.setQueryData(componentQuery(component.id).queryKey, component);
    void refresh();
  };
}

export function useCreateComponent() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (component: NewComponent) => body(api.POST("/api/components", { body: component })),
    onSuccess: keep,
  });
}

export function without<Page extends { items: { id: string }[] }>(
  list: InfiniteData<Page> | undefined,
  id: string,
): InfiniteData<Page> | undefined {
  if (!list) return list;
  const pages = list.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) }));
  return { ...list, pages };
}
