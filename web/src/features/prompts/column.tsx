import { ActionIcon, Button, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { More } from "@/components/more";
import { ErrorState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { type CardActions, ComponentCard } from "./component-card";
import { EXAMPLES } from "./examples";
import classes from "./library.module.css";
import { isWaiting, itemsOf, type List } from "./use-columns";

/** The components of one type, as the search, the tag and the sort have them. */
export function Column(props: {
  type: Type;
  list: List;
  filtered: boolean;
  actions: CardActions;
  onCreate: () => void;
  onExample: () => void;
}) {
  const { type, list } = props;
  const names = TYPE_NAMES[type];
  const items = itemsOf(list);
  return (
    <section className={classes.column} data-type={type} aria-labelledby={`column-${type}`}>
      <div className={classes.head}>
        <TypeIcon type={type} size={18} />
        <h2 id={`column-${type}`}>{names.many}</h2>
        {items.length > 0 ? (
          <span className={classes.count}>
            {items.length}
            {list.hasNextPage ? "+" : ""}
          </span>
        ) : null}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`New ${names.one.toLowerCase()}`}
          onClick={props.onCreate}
        >
          <IconPlus size={17} />
        </ActionIcon>
      </div>
      <Inside {...props} />
      <ul className={classes.cards} aria-busy={list.isPlaceholderData}>
        {items.map((component) => (
          <li key={component.id}>
            <ComponentCard component={component} actions={props.actions} />
          </li>
        ))}
      </ul>
      <More className={classes.more} list={list} label={`More ${names.many.toLowerCase()}`} />
    </section>
  );
}

/** Instead of cards where there are none. */
function Inside(props: { type: Type; list: List; filtered: boolean; onExample: () => void }): ReactNode {
  const { type, list } = props;
  const names = TYPE_NAMES[type];
  if (isWaiting(list)) {
    return <div className={classes.none}>{names.many} come when you are online again.</div>;
  }
  if (list.isPending) {
    return (
      <div className={classes.cards} role="status" aria-label={`Loading ${names.many.toLowerCase()}`}>
        {[0, 1, 2].map((place) => (
          <Skeleton key={place} h={104} />
        ))}
      </div>
    );
  }
  if (!list.data) {
    return (
      <ErrorState title={`${names.many} did not load`} error={list.error} retry={() => void list.refetch()} />
    );
  }
  if (itemsOf(list).length > 0) return null;
  if (props.filtered) {
    return (
      <div className={classes.none} aria-busy={list.isPlaceholderData}>
        No {names.one.toLowerCase()} fits.
      </div>
    );
  }
  const example = EXAMPLES[type];
  return (
    <div className={classes.none}>
      <p>{names.hint}</p>
      <blockquote>{example.content}</blockquote>
      <Button size="xs" variant="default" onClick={props.onExample}>
        Begin with this {names.one.toLowerCase()}
      </Button>
    </div>
  );
}
