import { Button, Group, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import { explain, isRefusal } from "@/api/client";
import { count } from "@/lib/format";
import { TYPE_NAMES, type Type } from "@/lib/slots";

export const CONTENT_LIMIT = 5_000;
const NAME_LIMIT = 100;
const DESCRIPTION_LIMIT = 500;
const TAGS_LIMIT = 20;
const TAG_LIMIT = 40;

export interface ComponentValues {
  name: string;
  content: string;
  description: string;
  tags: string[];
}

function trouble(values: ComponentValues) {
  const between = (text: string, most: number, what: string) => {
    const length = [...text.trim()].length;
    if (length === 0) return `${what} is needed.`;
    return length > most ? `${what} has ${count(length)} characters; ${count(most)} are allowed.` : null;
  };
  const description = [...values.description.trim()].length;
  return {
    name: between(values.name, NAME_LIMIT, "A name"),
    content: between(values.content, CONTENT_LIMIT, "The text"),
    description: description > DESCRIPTION_LIMIT ? `At most ${DESCRIPTION_LIMIT} characters.` : null,
    tags:
      values.tags.length > TAGS_LIMIT || values.tags.some((tag) => [...tag].length > TAG_LIMIT)
        ? `At most ${TAGS_LIMIT} tags of ${TAG_LIMIT} characters each.`
        : null,
  };
}

/** The fields of a component, for making one and for changing one. */
export function ComponentForm(props: {
  type: Type;
  initial: ComponentValues;
  action: string;
  busy: boolean;
  error: unknown;
  onSubmit: (values: ComponentValues) => void;
  onCancel?: () => void;
  onDirty?: (dirty: boolean) => void;
  /** Beside the character count: what the text costs in tokens. */
  cost?: ReactNode;
  extra?: ReactNode;
}) {
  const form = useForm<ComponentValues>({ initialValues: props.initial, validate: trouble });
  const { onDirty } = props;
  const dirty = form.isDirty();
  const length = [...form.values.content.trim()].length;

  useEffect(() => onDirty?.(dirty), [dirty, onDirty]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new refusal, and only that, marks the fields.
  useEffect(() => {
    if (!isRefusal(props.error, 400)) return;
    form.setErrors(Object.fromEntries(props.error.errors.map((wrong) => [wrong.path, wrong.message])));
  }, [props.error]);

  const named = isRefusal(props.error, 400) && props.error.errors.length > 0;
  return (
    <form onSubmit={form.onSubmit(props.onSubmit)} noValidate>
      <TextInput label="Name" withAsterisk data-autofocus {...form.getInputProps("name")} />
      <Textarea
        mt="md"
        label="Text"
        description={TYPE_NAMES[props.type].hint}
        withAsterisk
        autosize
        minRows={6}
        maxRows={20}
        {...form.getInputProps("content")}
      />
      <Group justify="space-between" mt={6} gap="xs">
        <Text size="xs" c="dimmed">
          {props.cost}
        </Text>
        <Text
          size="xs"
          c={length > CONTENT_LIMIT ? "var(--q-danger)" : "dimmed"}
          style={{ fontVariantNumeric: "tabular-nums" }}
        >
          {count(length)} / {count(CONTENT_LIMIT)} characters
        </Text>
      </Group>
      <TextInput mt="md" label="Description" {...form.getInputProps("description")} />
      <TagsInput mt="md" label="Tags" splitChars={[",", ";"]} {...form.getInputProps("tags")} />
      {props.error && !named ? (
        <Text role="alert" c="var(--q-danger)" size="sm" mt="md">
          {explain(props.error)}
        </Text>
      ) : null}
      {props.extra}
      <Group justify="flex-end" mt="lg" gap="xs">
        {props.onCancel ? (
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
        ) : null}
        <Button type="submit" loading={props.busy}>
          {props.action}
        </Button>
      </Group>
    </form>
  );
}
