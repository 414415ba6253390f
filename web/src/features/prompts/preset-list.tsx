import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { billingQuery } from "@/api/billing";
import { explain } from "@/api/client";
import {
  type Preset,
  type PresetSort,
  presetListQuery,
  presetsQuery,
  topPresetsQuery,
  useDuplicatePreset,
} from "@/api/presets";
import { useDeleteWithUndo } from "@/components/delete-preset";
import { More } from "@/components/more";
import { NearLimit } from "@/components/near-limit";
import { Page, SearchField } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { ago, count } from "@/lib/format";
import { Incomplete } from "./incomplete";
import { NoPresets } from "./no-presets";
import { PresetCard } from "./preset-card";
import { FEW, MANY, PresetShelf } from "./preset-shelf";
import classes from "./presets.module.css";
import { TrashButton } from "./trash-button";

const SORTS = [
  { value: "recent", label: "Last used" },
  { value: "popular", label: "Most used" },
  { value: "name", label: "Name" },
];

export function PresetList() {
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<PresetSort | null>(null);
  const [q] = useDebouncedValue(search.trim(), 150);
  const recent = useQuery(presetsQuery);
  const popular = useQuery(topPresetsQuery("popular", FEW));
  const many = (recent.data?.length ?? 0) > MANY;
  // Where the used ones stand apart above, the rest is for finding by name.
  const sort = chosen ?? (many ? "name" : "recent");
  const list = useInfiniteQuery({
    ...presetListQuery({ q, sort }),
    enabled: chosen !== null || !recent.isPending,
    placeholderData: keepPreviousData,
  });
  const billing = useQuery(billingQuery);
  const all = useRef<HTMLElement>(null);
  const remove = useDeleteWithUndo();
  const duplicate = useDuplicatePreset();
  const limit = billing.data?.limits.maxPresets;
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const none = list.isSuccess && items.length === 0;
  const offline = list.isPaused || recent.isPaused;
  const complete = list.isSuccess && !list.hasNextPage && q === "" && !list.isPlaceholderData;

  function copy(preset: Preset) {
    duplicate.mutate(preset.id, {
      onSuccess: (made) => notifications.show({ message: `“${made.name}” is made.` }),
      onError: (error) =>
        notifications.show({ color: "danger", title: "There is no copy", message: explain(error) }),
    });
  }

  return (
    <Page
      title="Presets"
      note={limit && complete ? `${items.length} of ${limit}` : undefined}
      tools={
        none && q === "" ? (
          <TrashButton />
        ) : (
          <>
            <SearchField label="Search your presets" value={search} onChange={setSearch} />
            <NativeSelect
              aria-label="Sort"
              data={SORTS}
              value={sort}
              onChange={(event) => setChosen(event.currentTarget.value as PresetSort)}
            />
            <Button
              leftSection={<IconPlus size={16} />}
              renderRoot={(rest) => <Link to="/presets/$id" params={{ id: "new" }} {...rest} />}
            >
              New preset
            </Button>
            <TrashButton />
          </>
        )
      }
    >
      <NearLimit of="presets" />
      {list.isPending && !offline ? <Loading /> : null}
      {list.isPending && offline ? <EmptyState title="Your presets come when you are online again" /> : null}
      {list.isError && !list.data ? (
        <ErrorState title="Your presets did not load" error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {none && q === "" ? <NoPresets /> : null}
      {none && q !== "" ? <EmptyState title={`No preset fits “${q}”`} /> : null}
      {many && q === "" ? (
        <>
          <Incomplete presets={[...(recent.data ?? []), ...items]} />
          <PresetShelf
            id="recently-used"
            title="Recently used"
            presets={recent.data ?? []}
            note={(preset) => ago(preset.lastUsedAt ?? preset.createdAt)}
          />
          <PresetShelf
            id="most-used"
            title="Most used"
            presets={popular.data ?? []}
            note={(preset) => `${count(preset.usageCount)}×`}
          />
        </>
      ) : null}
      {items.length > 0 ? (
        <section ref={all} tabIndex={-1} className={classes.all} aria-labelledby="all-presets">
          <h2 id="all-presets" data-quiet={!many && q === "" ? true : undefined}>
            {q ? `Presets that fit “${q}”` : "All presets"}
          </h2>
          <ul className={classes.grid}>
            {items.map((preset) => (
              <li key={preset.id}>
                <PresetCard
                  preset={preset}
                  onDuplicate={() => copy(preset)}
                  onDelete={() => remove(preset, () => all.current?.focus({ preventScroll: true }))}
                />
              </li>
            ))}
          </ul>
          <More mt="sm" list={list} label="More presets" />
        </section>
      ) : null}
    </Page>
  );
}

function Loading() {
  return (
    <div className={classes.grid} role="status" aria-label="Loading your presets">
      {[0, 1, 2].map((place) => (
        <Skeleton key={place} h={190} radius="lg" />
      ))}
    </div>
  );
}
