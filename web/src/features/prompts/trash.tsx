import { ActionIcon, Button, Skeleton, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconStack2, IconTrashX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { explain } from "@/api/client";
import { type Trashed, trashQuery, useEmptyTrash, useForgetTrashed, useRestoreTrashed } from "@/api/trash";
import { Confirm } from "@/components/confirm";
import { More } from "@/components/more";
import { Page } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { ago, plural } from "@/lib/format";
import { TYPE_NAMES } from "@/lib/slots";
import { neighbour } from "./focus";
import classes from "./trash.module.css";

const DAY = 86_400_000;

/** "in 12 days"; in the end "in less than a day". */
function left(iso: string): string {
  const days = Math.round((new Date(iso).getTime() - Date.now()) / DAY);
  return days < 1 ? "in less than a day" : `in ${plural(days, "day")}`;
}

const kindOf = ({ type }: Trashed): string => (type ? TYPE_NAMES[type].one : "Preset");

/** What was deleted in the last 30 days, and the ways back. */
export function Trash() {
  const list = useInfiniteQuery(trashQuery);
  const restore = useRestoreTrashed();
  const forget = useForgetTrashed();
  const empty = useEmptyTrash();
  const [doomed, setDoomed] = useState<{ item: Trashed; onGone: () => void } | null>(null);
  const [emptying, setEmptying] = useState(false);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];

  function bringBack(item: Trashed, onGone: () => void) {
    restore.mutate(item.id, {
      onSuccess: ({ presets }) => {
        const where = presets.length > 0 ? `, also in ${plural(presets.length, "preset")}` : "";
        notifications.show({ message: `“${item.name}” is back${where}.` });
        onGone();
      },
      onError: (error) => notifications.show({ color: "danger", message: explain(error) }),
    });
  }

  function eraseOne() {
    if (!doomed) return;
    forget.mutate(doomed.item.id, {
      onSuccess: () => {
        setDoomed(null);
        doomed.onGone();
      },
    });
  }

  return (
    <Page
      title="Trash"
      note="Kept for 30 days, then gone for good"
      tools={
        <>
          <Button variant="default" renderRoot={(rest) => <Link to="/library/{-$type}" {...rest} />}>
            Back to the library
          </Button>
          {items.length > 0 ? (
            <Button variant="default" c="var(--q-danger)" onClick={() => setEmptying(true)}>
              Empty the trash
            </Button>
          ) : null}
        </>
      }
    >
      {list.isPending ? (
        <div role="status" aria-label="Loading the trash">
          {[0, 1, 2].map((place) => (
            <Skeleton key={place} h={56} mb={8} />
          ))}
        </div>
      ) : null}
      {list.isError && !list.data ? (
        <ErrorState title="The trash did not load" error={list.error} retry={() => void list.refetch()} />
      ) : null}
      {list.data && items.length === 0 ? (
        <EmptyState title="The trash is empty">
          Parts and presets that you delete stay here for 30 days, with their history and their places in
          presets.
        </EmptyState>
      ) : null}
      <ul className={classes.list}>
        {items.map((item) => (
          <Row
            key={item.id}
            item={item}
            busy={restore.isPending && restore.variables === item.id}
            onRestore={(row) => bringBack(item, neighbour(row))}
            onForget={(row) => setDoomed({ item, onGone: neighbour(row) })}
          />
        ))}
      </ul>
      <More mt="xs" list={list} />
      <Confirm
        opened={doomed !== null}
        title={`Delete “${doomed?.item.name ?? ""}” for good?`}
        action="Delete for good"
        busy={forget.isPending}
        error={forget.error}
        onConfirm={eraseOne}
        onClose={() => setDoomed(null)}
      >
        Its history goes too. This cannot be undone.
      </Confirm>
      <Confirm
        opened={emptying}
        title="Empty the trash?"
        action="Empty the trash"
        busy={empty.isPending}
        error={empty.error}
        onConfirm={() => empty.mutate(undefined, { onSuccess: () => setEmptying(false) })}
        onClose={() => setEmptying(false)}
      >
        Everything in it is deleted for good, with its history. This cannot be undone.
      </Confirm>
    </Page>
  );
}

function Row(props: {
  item: Trashed;
  busy: boolean;
  onRestore: (row: Element) => void;
  onForget: (row: Element) => void;
}) {
  const { item } = props;
  return (
    <li className={classes.row} data-type={item.type ?? undefined}>
      {item.type ? <TypeIcon type={item.type} size={20} /> : <IconStack2 size={20} aria-hidden="true" />}
      <div className={classes.words}>
        <span className={classes.name}>{item.name}</span>
        <span className={classes.facts}>
          {kindOf(item)} · deleted {ago(item.deletedAt)} · gone for good {left(item.goneAt)}
        </span>
      </div>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowBackUp size={15} />}
        loading={props.busy}
        aria-label={`Restore “${item.name}”`}
        onClick={(event) => props.onRestore(event.currentTarget)}
      >
        Restore
      </Button>
      <Tooltip label="Delete for good">
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={`Delete “${item.name}” for good`}
          onClick={(event) => props.onForget(event.currentTarget)}
        >
          <IconTrashX size={17} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
