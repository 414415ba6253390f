import { Drawer, NativeSelect, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isRefusal } from "@/api/client";
import { type Document, documentQuery, type Suggestion, suggestionsQuery } from "@/api/documents";
import { Markdown } from "@/components/markdown/markdown";
import { ErrorState } from "@/components/states";
import { moment } from "@/lib/format";
import classes from "./tool-use.module.css";
import { useOpened } from "./use-opened";

/** A document that a Chat SDK's chat made, in all its versions: to be read, not changed. */
export default function DocumentView(props: { id: string; opened: boolean; onClose: () => void }) {
  const opened = useOpened(props.opened);
  const { data, error, refetch } = useQuery({ ...documentQuery(props.id), enabled: props.opened });
  return (
    <Drawer
      opened={opened}
      onClose={props.onClose}
      position="right"
      size={620}
      title={data?.at(-1)?.title ?? "Document"}
    >
      {data ? (
        <Versions id={props.id} versions={data} />
      ) : error ? (
        <ErrorState
          title="The document did not load"
          error={error}
          retry={isRefusal(error, 404) ? undefined : () => void refetch()}
        />
      ) : (
        <div role="status" aria-label="Loading the document">
          <Skeleton h={32} mb="md" />
          <Skeleton h={240} />
        </div>
      )}
    </Drawer>
  );
}

function Versions({ id, versions }: { id: string; versions: Document[] }) {
  const [chosen, choose] = useState<string | null>(null);
  const { data: suggestions = [] } = useQuery(suggestionsQuery(id));
  const shown = versions.find(({ createdAt }) => createdAt === chosen) ?? versions.at(-1);
  if (!shown) return null;
  const about = suggestions.filter(({ documentCreatedAt }) => documentCreatedAt === shown.createdAt);
  return (
    <>
      {versions.length > 1 ? (
        <NativeSelect
          label="Version"
          value={shown.createdAt}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={versions
            .map(({ createdAt }, index) => ({
              value: createdAt,
              label: `${index + 1} of ${versions.length}, ${moment(createdAt)}`,
            }))
            .reverse()}
        />
      ) : null}
      <p className={classes.note}>Made in the Chat SDK. It is changed there.</p>
      <Content document={shown} />
      <Suggestions suggestions={about} />
    </>
  );
}

function Content({ document: { kind, content, title } }: { document: Document }) {
  if (!content) return <p className={classes.note}>This version is empty.</p>;
  if (kind === "image") {
    return <img className={classes.picture} src={`data:image/png;base64,${content}`} alt={title} />;
  }
  if (kind === "text") return <Markdown text={content} />;
  return <pre className={classes.content}>{content}</pre>;
}

function Suggestions({ suggestions }: { suggestions: Suggestion[] }) {
  if (suggestions.length === 0) return null;
  return (
    <section>
      <h3>Suggestions</h3>
      <ul className={classes.suggestions}>
        {suggestions.map((each) => (
          <li key={each.id}>
            <del>{each.originalText}</del> → <ins>{each.suggestedText}</ins>
            {each.isResolved ? " (done)" : null}
            {each.description ? <p>{each.description}</p> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
