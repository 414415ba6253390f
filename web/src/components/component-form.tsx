import { Button, Group, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { getHotkeyHandler, useNetwork } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { explain, isRefusal } from "@/api/client";
import type { Component } from "@/api/components";
import { type ComponentVersion, tagsQuery } from "@/api/editing";
import { count } from "@/lib/format";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { CONTENT_LIMIT, TokenCount } from "./token-count";

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

export const BLANK: ComponentValues = { name: "", content: "", description: "", tags: [] };

export function valuesOf(kept: Component | ComponentVersion): ComponentValues {
  const { name, content, description, tags } = kept;
  return { name, content, description: description ?? "", tags };
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

export function useComponentForm(initial: ComponentValues) {
  return useForm<ComponentValues>({ initialValues: initial, validate: trouble });
}

export type ComponentFields = ReturnType<typeof useComponentForm>;

/** The fields of a component, for making one and for changing one. */
export function ComponentForm(props: {
  type: Type;
  form: ComponentFields;
  action: string;
  busy: boolean;
  error: unknown;
  /** `stay` where a person saves by Ctrl+S, and so means to go on writing. */
  onSubmit: (values: ComponentValues, stay: boolean) => void;
  onCancel: () => void;
  /** The text as it is kept, to say how many tokens the change adds. */
  kept?: string;
  /** Above the buttons. */
  children?: ReactNode;
  /** Instead of the buttons. */
  footer?: ReactNode;
}) {
  const { form } = props;
  const tags = useQuery(tagsQuery);
  const { online } = useNetwork();
  const length = [...form.values.content.trim()].length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new refusal, and only that, marks the fields.
  useEffect(() => {
    if (!isRefusal(props.error, 400)) return;
    form.setErrors(Object.fromEntries(props.error.errors.map((wrong) => [wrong.path, wrong.message])));
  }, [props.error]);

  const submit = (stay: boolean) =>
    form.onSubmit(
      (values) => props.onSubmit(values, stay),
      (wrong) => form.getInputNode(Object.keys(wrong)[0] ?? "")?.focus(),
    );
  const named = isRefusal(props.error, 400) && props.error.errors.length > 0;
  return (
    <form
      onSubmit={submit(false)}
      onKeyDown={getHotkeyHandler([
        ["mod+S", () => !props.busy && submit(true)()],
        ["mod+Enter", () => !props.busy && submit(false)()],
      ])}
      noValidate
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps("name")} />
      <Textarea
        mt="md"
        label="Text"
        description={TYPE_NAMES[props.type].hint}
        required
        autosize
        minRows={6}
        maxRows={20}
        {...form.getInputProps("content")}
      />
      <Group justify="space-between" align="flex-start" wrap="nowrap" mt={6} gap="xs">
        <TokenCount type={props.type} text={form.values.content} kept={props.kept} />
        <Text
          size="xs"
          c={length > CONTENT_LIMIT ? "var(--q-danger)" : "dimmed"}
          style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}
        >
          {count(length)} / {count(CONTENT_LIMIT)} characters
        </Text>
      </Group>
      <TextInput mt="md" label="Description" {...form.getInputProps("description")} />
      <TagsInput
        mt="md"
        label="Tags"
        splitChars={[",", ";"]}
        data={tags.data?.map(({ tag }) => tag) ?? []}
        maxDropdownHeight={200}
        {...form.getInputProps("tags")}
      />
      {props.error && !named ? (
        <Text role="alert" c="var(--q-danger)" size="sm" mt="md">
          {explain(props.error)}
        </Text>
      ) : null}
      {online ? null : (
        <Text role="status" c="var(--q-warn)" size="sm" mt="md">
          You are offline. What you typed stays here; what you save goes out once you are back.
        </Text>
      )}
      {props.children}
      {props.footer ?? (
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={props.busy}>
            {props.action}
          </Button>
        </Group>
      )}
    </form>
  );
}
