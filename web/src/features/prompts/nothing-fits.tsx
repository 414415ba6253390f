import { Button } from "@mantine/core";
import { IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tagsQuery } from "@/api/editing";
import { matches } from "@/components/picker-search";
import { EmptyState } from "@/components/states";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import type { Filter } from "./component-card";

const TAGS = 3;

const labelled = (tags: { tag: string }[]) => tags.map(({ tag }) => ({ label: tag }));

/** No part has what is looked for, and the ways on. What was typed may be the name of a tag. */
export function NothingFits(props: { type: Type | undefined; filter: Filter; onClear: () => void }) {
  const { type, filter } = props;
  const what = type ? TYPE_NAMES[type].one.toLowerCase() : "part";
  const tags = useQuery(tagsQuery).data ?? [];
  const { q, tag } = filter;
  const named = q && !tag ? matches(labelled(tags), q).slice(0, TAGS) : [];
  const wanted = [q && `“${q}”`, tag && `the tag “${tag}”`].filter(Boolean);
  return (
    <div role="status">
      <EmptyState
        title={`No ${what} fits ${wanted.join(" and ")}`}
        actions={
          <>
            {named.map(({ label }) => (
              <Button
                key={label}
                variant="default"
                leftSection={<IconTag size={16} aria-hidden="true" />}
                renderRoot={(rest) => (
                  <Link
                    to="/library/{-$type}"
                    params={{ type }}
                    search={{ ...filter, q: undefined, tag: label }}
                    {...rest}
                  />
                )}
              >
                {label}
              </Button>
            ))}
            <Button variant="default" onClick={props.onClear}>
              Clear filters
            </Button>
            {type ? (
              <Button
                variant="subtle"
                renderRoot={(rest) => (
                  <Link to="/library/{-$type}" params={{ type: undefined }} search={filter} {...rest} />
                )}
              >
                Look in all types
              </Button>
            ) : null}
          </>
        }
      >
        Names, descriptions and texts were searched.
        {named.length > 0 ? " Among your tags:" : null}
      </EmptyState>
    </div>
  );
}
