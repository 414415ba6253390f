import { Button } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { lazy, useState } from "react";
import { Late } from "./late";
import classes from "./tool-use.module.css";
import type { Source, ToolUse as Use } from "./tools";

const DocumentView = lazy(() => import("./document-view"));

const WORDS: Record<Use["state"], string> = { running: "Began", done: "Used", failed: "Failed" };

/** One line for a tool that was used, with what went in and came out folded under it. */
export function ToolUse({ use, mayOpen }: { use: Use; mayOpen: boolean }) {
  const [shown, setShown] = useState(false);
  const [opened, setOpened] = useState(false);
  const id = mayOpen ? use.documentId : undefined;
  return (
    <div className={classes.use}>
      <details>
        <summary>
          {WORDS[use.state]}: {use.name}
          {use.title ? <span> · {use.title}</span> : null}
        </summary>
        <Value name="In" value={use.input} />
        <Value name="Out" value={use.output} />
      </details>
      {id ? (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconFileText size={15} aria-hidden="true" />}
          onClick={() => {
            setShown(true);
            setOpened(true);
          }}
        >
          Read “{use.title ?? "the document"}”
        </Button>
      ) : null}
      {id && shown ? (
        <Late>
          <DocumentView id={id} opened={opened} onClose={() => setOpened(false)} />
        </Late>
      ) : null}
    </div>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  if (value === undefined || value === null) return null;
  return (
    <>
      <p>{name}</p>
      <pre>{typeof value === "string" ? value : JSON.stringify(value, null, 2)}</pre>
    </>
  );
}

/** What an answer leans on; nothing where it says nothing of it. */
export function Sources({ sources }: { sources: Source[] }) {
  if (sources.length === 0) return null;
  return (
    <ul className={classes.sources} aria-label="Sources">
      {sources.map(({ title, url }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change, and two may be the same
        <li key={index}>
          {url ? (
            <a href={url} target="_blank" rel="noreferrer">
              {title}
            </a>
          ) : (
            title
          )}
        </li>
      ))}
    </ul>
  );
}
