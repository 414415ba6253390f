import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import type { Type } from "@/lib/slots";
import { api, body, type Schemas } from "./client";
import { useRefresh, without } from "./components";

export type Preset = Schemas["Preset"];
export type NewPreset = Schemas["NewPreset"];
export type PresetChange = Schemas["PresetChange"];
export type Loss = Schemas["Loss"];
export type PresetSort = "popular" | "recent" | "name";

const PAGE = 30;

/** The presets used last, as many as a picker shows. */
export const presetsQuery = queryOptions({
  queryKey: ["presets"],
  queryFn: () => body(api.GET("/api/presets")).then((page) => page.items),
});

/** Every preset, searched and sorted by the server, a page at a time. */
export function presetListQuery(filter: { q?: string; sort: PresetSort }) {
  const { sort } = filter;
  const q = filter.q?.trim() || undefined;
  return infiniteQueryOptions({
    queryKey: ["presets", "list", { q, sort }],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/presets", {
          params: { query: { q, sort, limit: PAGE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
}

/** The first few in one order: "most used", "recently used". */
export function topPresetsQuery(sort: PresetSort, limit: number) {
  return queryOptions({
    queryKey: ["presets", "top", { sort, limit }],
    queryFn: () =>
      body(api.GET("/api/presets", { params: { query: { sort, limit } } })).then((page) => page.items),
  });
}

export function presetQuery(id: string) {
  return queryOptions({
    queryKey: ["preset", id],
    queryFn: () => body(api.GET("/api/presets/{preset_id}", { params: { path: { preset_id: id } } })),
  });
}

const at = (id: string) => ({ params: { path: { preset_id: id } } });

/** Offline, an act fails and says so: nobody should wonder later what it did when the line came back. */
const NOW = { networkMode: "always" } as const;

function refresh(client: QueryClient, keys: string[]) {
  for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
}

export function useSavePreset() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: (preset: { id: string | null; change: PresetChange & { name: string } }) =>
      preset.id === null
        ? body(api.POST("/api/presets", { body: preset.change }))
        : body(api.PATCH("/api/presets/{preset_id}", { ...at(preset.id), body: preset.change })),
    onSuccess: (kept) => {
      client.setQueryData(presetQuery(kept.id).queryKey, kept);
      refresh(client, ["presets", "impact", "chat", "billing"]);
    },
  });
}

/** Changes some of a preset: fills a slot, or empties it on purpose, which forgets what it lost. */
export function useChangePreset() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: ({ id, change }: { id: string; change: PresetChange }) =>
      body(api.PATCH("/api/presets/{preset_id}", { ...at(id), body: change })),
    onSuccess: (kept) => {
      client.setQueryData(presetQuery(kept.id).queryKey, kept);
      refresh(client, ["presets", "impact", "chat"]);
    },
  });
}

export function useDuplicatePreset() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: (id: string) => body(api.POST("/api/presets/{preset_id}/duplicate", at(id))),
    onSuccess: (made) => {
      client.setQueryData(presetQuery(made.id).queryKey, made);
      refresh(client, ["presets", "impact", "billing"]);
    },
  });
}

/** Makes what a slot lost a component again, in every preset that lost it. */
export function useRecoverLoss() {
  const client = useQueryClient();
  const refreshAll = useRefresh();
  return useMutation({
    ...NOW,
    mutationFn: ({ id, type }: { id: string; type: Type }) =>
      body(api.POST("/api/presets/{preset_id}/recover", { ...at(id), body: { type } })),
    onSuccess: (whole) => {
      client.setQueryData(presetQuery(whole.id).queryKey, whole);
      refresh(client, ["component", "chat"]);
      void refreshAll();
    },
  });
}

export function useDeletePreset() {
  const client = useQueryClient();
  return useMutation({
    ...NOW,
    mutationFn: (id: string) => api.DELETE("/api/presets/{preset_id}", at(id)),
    onSuccess: (_, id) => {
      // Where its page is still open, it goes on to another one first.
      client.removeQueries({ queryKey: presetQuery(id).queryKey, type: "inactive" });
      // At once, not when the list has answered: the focus must not return to a card that is about to go.
      client.setQueriesData<InfiniteData<{ items: Preset[] }>>({ queryKey: ["presets", "list"] }, (list) =>
        without(list, id),
      );
      refresh(client, ["presets", "trash", "impact", "billing"]);
    },
  });
}
