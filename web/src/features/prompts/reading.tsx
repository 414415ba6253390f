import { Button, Group } from "@mantine/core";
import type { Component } from "@/api/components";
import type { ComponentVersion } from "@/api/editing";
import { type ComponentValues, valuesOf } from "@/components/component-form";
import { Compare } from "./compare";
import { when } from "./versions";

/** Instead of the form: an older version beside the present one, or what is typed beside what is saved. */
export function Reading(props: {
  present: Component;
  /** The version that was typed on. */
  base: Component;
  typed: ComponentValues;
  version: ComponentVersion | null;
  busy: boolean;
  onBack: () => void;
  onRestore: (version: ComponentVersion) => void;
  onSave: () => void;
}) {
  const { present, base, version } = props;
  return (
    <>
      <Group justify="space-between" mb="sm" gap="xs">
        <Button variant="default" size="xs" onClick={props.onBack}>
          Back to the text
        </Button>
        {version ? (
          <Button size="xs" loading={props.busy} onClick={() => props.onRestore(version)}>
            Restore this version
          </Button>
        ) : (
          <Button size="xs" loading={props.busy} onClick={props.onSave}>
            Save
          </Button>
        )}
      </Group>
      {version ? (
        <Compare
          before={valuesOf(version)}
          after={valuesOf(present)}
          titles={[
            `Version ${version.version}, ${when(version.createdAt)}`,
            `Version ${present.version}, as it is now`,
          ]}
        />
      ) : (
        <Compare before={valuesOf(base)} after={props.typed} titles={["As it is saved", "As you typed it"]} />
      )}
    </>
  );
}
