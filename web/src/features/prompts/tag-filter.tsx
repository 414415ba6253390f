import { UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconTag, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tagsQuery } from "@/api/editing";
import { Picker } from "@/components/picker";
import classes from "./library.module.css";

const CHIPS = 8;

/** The tags most in use as chips, and the others by search. Nothing where there are none. */
export function TagFilter(props: { value: string | undefined; onChange: (tag: string | undefined) => void }) {
  const { value } = props;
  const [opened, setOpened] = useState(false);
  const tags = useQuery(tagsQuery).data ?? [];
  if (tags.length === 0 && value === undefined) return null;
  const top = tags.slice(0, CHIPS).map(({ tag }) => tag);
  const chips = value === undefined || top.includes(value) ? top : [value, ...top.slice(0, CHIPS - 1)];
  return (
    <div className={classes.tags} role="group" aria-label="Tags">
      <IconTag size={16} aria-hidden="true" />
      {chips.map((tag) => {
        const on = tag === value;
        return (
          <UnstyledButton
            key={tag}
            className={classes.chip}
            aria-pressed={on}
            onClick={() => props.onChange(on ? undefined : tag)}
          >
            <span>{tag}</span>
            {on ? <IconX size={14} aria-hidden="true" /> : null}
          </UnstyledButton>
        );
      })}
      {tags.length > chips.length ? (
        <Picker
          label="All tags"
          groups={[
            { options: tags.map(({ tag, count }) => ({ value: tag, label: tag, hint: String(count) })) },
          ]}
          value={value ?? null}
          onPick={props.onChange}
          opened={opened}
          onOpened={setOpened}
          position="bottom-start"
          width={260}
          target={
            <UnstyledButton
              className={classes.chip}
              aria-haspopup="listbox"
              aria-expanded={opened}
              onClick={() => setOpened(!opened)}
            >
              All tags
              <IconChevronDown size={14} aria-hidden="true" />
            </UnstyledButton>
          }
        />
      ) : null}
    </div>
  );
}
