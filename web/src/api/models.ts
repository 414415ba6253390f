import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schemas } from "./client";

export type Model = Schemas["ModelView"];
export type LocalModel = Schemas["LocalModelView"];

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: () => body(api.GET("/api/models")),
  staleTime: 300_000,
  // The local model is listed once it is loaded, some seconds after the page.
  refetchInterval: ({ state }) =>
    Object.values(state.data ?? {}).some((model) => model.inPlan) ? false : 2_000,
});

export const localModelsQuery = queryOptions({
  queryKey: ["models", "local"],
  queryFn: () => body(api.GET("/api/models/local")),
  refetchInterval: ({ state }) =>
    state.data?.items.some((model) => model.state === "pulling") ? 1_000 : false,
});

export function useLocalModel(act: "pull" | "use") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => {
      const params = { params: { path: { name } } };
      return act === "pull"
        ? api.POST("/api/models/local/{name}/pull", params)
        : api.POST("/api/models/local/{name}/use", params);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["models"] }),
  });
}
