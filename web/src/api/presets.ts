import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "./client";

export type Preset = Schemas["Preset"];
export type NewPreset = Schemas["NewPreset"];
export type PresetChange = Schemas["PresetChange"];

export const presetsQuery = queryOptions({
  queryKey: ["presets"],
  queryFn: () => body(api.GET("/api/presets")).then((page) => page.items),
});

export function presetQuery(id: string) {
  return queryOptions({
    queryKey: ["preset", id],
    queryFn: () => body(api.GET("/api/presets/{preset_id}", { params: { path: { preset_id: id } } })),
  });
}

export function useSavePreset() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (preset: { id: string | null; change: PresetChange & { name: string } }) =>
      preset.id === null
        ? body(api.POST("/api/presets", { body: preset.change }))
        : body(
            api.PATCH("/api/presets/{preset_id}", {
              params: { path: { preset_id: preset.id } },
              body: preset.change,
            }),
          ),
    onSuccess: (kept) => {
      client.setQueryData(presetQuery(kept.id).queryKey, kept);
      void client.invalidateQueries({ queryKey: ["presets"] });
      void client.invalidateQueries({ queryKey: ["billing"] });
    },
  });
}

export function useDeletePreset() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/presets/{preset_id}", { params: { path: { preset_id: id } } }),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: presetQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: ["presets"] });
      void client.invalidateQueries({ queryKey: ["billing"] });
    },
  });
}
