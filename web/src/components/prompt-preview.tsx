import { Button, CopyButton, Skeleton, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { componentQuery } from "@/api/components";
import { previewQuery, type Texts } from "@/api/preview";
import { count, plural } from "@/lib/format";
import { isEmpty, type Slots, TYPE_NAMES } from "@/lib/slots";
import classes from "./prompt-preview.module.css";
import { ErrorState } from "./states";

/**
 * The system prompt as the model will read it: one coloured block per part, with what each costs. `texts` stand in for
 * what their slots hold, while they are typed.
 */
export function PromptPreview({ slots, model, texts }: { slots: Slots; model?: string; texts?: Texts }) {
  const [settled] = useDebouncedValue(slots, 120);
  const [typed] = useDebouncedValue(texts, 300);
  const preview = useQuery(previewQuery(settled, model, typed));
  if (preview.isError) {
    return <ErrorState title="No preview" error={preview.error} retry={() => void preview.refetch()} />;
  }
  if (isEmpty(slots) && !texts) {
    return (
      <Text c="dimmed" size="sm">
        No part is chosen, so the model gets no system prompt. Fill a slot and its text appears here.
      </Text>
    );
  }
  if (!preview.data) return <Skeleton h={160} />;
  const { text, tokens, parts, estimate } = preview.data;
  return (
    <div aria-busy={preview.isFetching}>
      <div className={classes.head}>
        <span>
          {estimate ? "≈ " : ""}
          {plural(tokens, "token")} in all
        </span>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
      {parts.map((part) => (
        <section key={part.type} className={classes.part} data-type={part.type}>
          <h3 className={classes.title}>
            <span className={classes.kind}>{TYPE_NAMES[part.type].one}</span>
            <span>{part.name ?? "not saved yet"}</span>
            <span className={classes.tokens}>{count(part.tokens)}</span>
          </h3>
          {part.componentId === null ? (
            <p className={classes.text}>{typed?.[part.type]?.trim()}</p>
          ) : (
            <PartText id={part.componentId} />
          )}
        </section>
      ))}
    </div>
  );
}

function PartText({ id }: { id: string }) {
  const { data } = useQuery(componentQuery(id));
  return data ? <p className={classes.text}>{data.content.trim()}</p> : <Skeleton h={48} />;
}
