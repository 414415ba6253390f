import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ComponentVersion, versionsQuery } from "@/api/editing";
import { More } from "@/components/more";
import { ErrorState } from "@/components/states";
import { ago } from "@/lib/format";
import classes from "./editor.module.css";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

export const when = (iso: string): string => `${ago(iso)}, ${clock.format(new Date(iso))}`;

const text = (version: ComponentVersion) => ({
  name: version.name,
  text: version.content,
  description: version.description ?? "",
  tags: version.tags.join(),
});

/** What a version changed, in a word. `older` are all that came before it, as far as they are at hand. */
export function whatChanged(version: ComponentVersion, older: ComponentVersion[], complete: boolean): string {
  const before = older[0];
  if (!before) return complete ? "first version" : "";
  const now = text(version);
  const then = text(before);
  const fields = (Object.keys(now) as (keyof typeof now)[]).filter((field) => now[field] !== then[field]);
  if (fields.length === 0) return "nothing changed";
  const twin = older.find((one) => JSON.stringify(text(one)) === JSON.stringify(now));
  return twin ? `back to version ${twin.version}` : `${fields.join(", ")} changed`;
}

/** Everything a component said, the newest first. */
export function Versions(props: {
  id: string;
  present: number;
  /** The version that is looked at. */
  looking: number | null;
  busy: boolean;
  onLook: (version: ComponentVersion) => void;
  onRestore: (version: ComponentVersion) => void;
}) {
  const list = useInfiniteQuery(versionsQuery(props.id));
  const versions = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) {
    return (
      <div role="status" aria-label="Loading the history">
        <Skeleton h={48} />
        <Skeleton h={48} mt={8} />
      </div>
    );
  }
  if (!list.data) {
    return (
      <ErrorState title="The history did not load" error={list.error} retry={() => void list.refetch()} />
    );
  }
  return (
    <>
      <ol className={classes.versions}>
        {versions.map((version, place) => {
          const now = version.version === props.present;
          const what = whatChanged(version, versions.slice(place + 1), !list.hasNextPage);
          return (
            <li key={version.version} data-looking={props.looking === version.version || undefined}>
              <button
                type="button"
                aria-current={props.looking === version.version || undefined}
                onClick={() => props.onLook(version)}
              >
                <span className={classes.number}>
                  Version {version.version}
                  {now ? <span className={classes.now}>now</span> : null}
                </span>
                <span className={classes.fine}>{when(version.createdAt)}</span>
                <span className={classes.fine}>{what}</span>
              </button>
              {now ? null : (
                <Tooltip label="Restore">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size={32}
                    disabled={props.busy}
                    aria-label={`Restore version ${version.version}`}
                    onClick={() => props.onRestore(version)}
                  >
                    <IconArrowBackUp size={17} />
                  </ActionIcon>
                </Tooltip>
              )}
            </li>
          );
        })}
      </ol>
      <More mt="xs" list={list} words="Older versions" />
    </>
  );
}
