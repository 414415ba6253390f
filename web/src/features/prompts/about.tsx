import { Button, Group } from "@mantine/core";
import { IconCopyPlus, IconHistory, IconTrash } from "@tabler/icons-react";
import type { Component } from "@/api/components";
import type { Impact } from "@/api/editing";
import { ago, plural } from "@/lib/format";
import { TYPE_NAMES } from "@/lib/slots";
import classes from "./editor.module.css";
import { UsedBy } from "./impact";

/** What is known about a component besides its text, and what else can be done with it. */
export function About(props: {
  component: Component;
  impact: Impact | undefined;
  copying: boolean;
  /** Where the history does not stand beside the text. */
  onHistory?: () => void;
  onDuplicate: () => void;
  onDelete: () => void;
}) {
  const { component } = props;
  return (
    <section className={classes.about} aria-label="About this part">
      <p className={classes.fine}>
        {TYPE_NAMES[component.type].one}, version {component.version} · changed {ago(component.updatedAt)} ·
        used {plural(component.usageCount, "time")}
      </p>
      <UsedBy impact={props.impact} />
      <Group gap={4} ml={-10}>
        {props.onHistory ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconHistory size={16} />}
            onClick={props.onHistory}
          >
            History
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconCopyPlus size={16} />}
          loading={props.copying}
          onClick={props.onDuplicate}
        >
          Duplicate
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="danger"
          c="var(--q-danger)"
          leftSection={<IconTrash size={16} />}
          onClick={props.onDelete}
        >
          Delete
        </Button>
      </Group>
    </section>
  );
}
