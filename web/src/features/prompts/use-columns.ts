import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type ComponentFilter, componentsQuery } from "@/api/components";
import { TYPES, type Type } from "@/lib/slots";

type Filter = Omit<ComponentFilter, "type">;

function useList(type: Type, filter: Filter, shown: readonly Type[]) {
  return useInfiniteQuery({
    ...componentsQuery({ ...filter, type }),
    enabled: shown.includes(type),
    placeholderData: keepPreviousData,
  });
}

export type List = ReturnType<typeof useList>;

/** Offline, the server was not asked yet: what it found for other words is no answer, and "nothing fits" is none. */
export const isWaiting = (list: List) => list.isPaused && (list.isPending || list.isPlaceholderData);

export const itemsOf = (list: List) =>
  isWaiting(list) ? [] : (list.data?.pages.flatMap((page) => page.items) ?? []);

/** Asked, and there is none. */
export const isBare = (list: List) => list.isSuccess && !isWaiting(list) && itemsOf(list).length === 0;

/** The list of each type, of which only those shown are asked for. */
export function useColumns(filter: Filter, shown: readonly Type[]) {
  const lists: Record<Type, List> = {
    role: useList("role", filter, shown),
    style: useList("style", filter, shown),
    context: useList("context", filter, shown),
    mode: useList("mode", filter, shown),
  };
  const settled = shown.every((type) => lists[type].data && !lists[type].isPlaceholderData);
  const found = TYPES.filter((type) => itemsOf(lists[type]).length > 0);
  return { lists, found, nothing: settled && found.every((type) => !shown.includes(type)) };
}
