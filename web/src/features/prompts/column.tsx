import { ActionIcon, Button, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Component, type ComponentSort, componentsQuery } from "@/api/components";
import { ErrorState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { plural } from "@/lib/format";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import classes from "./library.module.css";

/** The components of one type, as the search and the sort have them. */
export function Column(props: {
  type: Type;
  q: string;
  sort: ComponentSort;
  /** The type the page is narrowed to, so that a card's link keeps it. */
  linkType: Type | undefined;
  onCreate: () => void;
}) {
  const { type, q, sort } = props;
  const names = TYPE_NAMES[type];
  const list = useInfiniteQuery({ ...componentsQuery({ type, q, sort }), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={classes.column} data-type={type} aria-labelledby={`column-${type}`}>
      <h2 id={`column-${type}`}>
        <TypeIcon type={type} size={18} />
        {names.many}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`New ${names.one.toLowerCase()}`}
          onClick={props.onCreate}
        >
          <IconPlus size={17} />
        </ActionIcon>
      </h2>
      {list.isPending ? (
        <div className={classes.cards} role="status" aria-label={`Loading ${names.many.toLowerCase()}`}>
          {[0, 1, 2].map((place) => (
            <Skeleton key={place} h={104} />
          ))}
        </div>
      ) : null}
      {list.isError && !list.data ? (
        <ErrorState
          title={`${names.many} did not load`}
          error={list.error}
          retry={() => void list.refetch()}
        />
      ) : null}
      {list.data && items.length === 0 ? (
        <div className={classes.none}>{q ? `No ${names.one.toLowerCase()} fits “${q}”.` : names.hint}</div>
      ) : null}
      <ul className={classes.cards}>
        {items.map((component) => (
          <li key={component.id}>
            <Card component={component} linkType={props.linkType} />
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button
          className={classes.more}
          variant="default"
          fullWidth
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          More
        </Button>
      ) : null}
    </section>
  );
}

function Card({ component, linkType }: { component: Component; linkType: Type | undefined }) {
  return (
    <article className={classes.card}>
      <Link
        className={classes.open}
        to="/library/{-$type}"
        params={{ type: linkType }}
        search={{ edit: component.id }}
        preload={false}
      >
        {component.name}
      </Link>
      <span className={classes.what}>{component.description || component.content}</span>
      <span className={classes.facts}>
        <span>
          {component.usageCount === 0 ? "not used yet" : `used ${plural(component.usageCount, "time")}`}
        </span>
        {component.tags.map((tag) => (
          <span key={tag} className={classes.tag}>
            {tag}
          </span>
        ))}
      </span>
    </article>
  );
}
