import { Button, CopyButton, Group } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Component } from "@/api/components";
import { type ComponentValues, valuesOf } from "@/components/component-form";
import { Compare } from "./compare";
import classes from "./editor.module.css";

/** What another editor kept meanwhile, and the ways on; until one is chosen, nothing typed is touched. */
export function Conflict(props: {
  /** The version the person began from. */
  base: Component;
  theirs: Component;
  mine: ComponentValues;
  busy: boolean;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const { base, theirs, mine } = props;
  const [withMine, setWithMine] = useState(false);
  const section = useRef<HTMLElement>(null);
  const now = `Version ${theirs.version}, as it is now`;

  // Where "Save" was pressed it is gone now, and the focus with it. Whoever is still writing goes on writing.
  useEffect(() => {
    if (document.activeElement === document.body) section.current?.focus();
  }, []);

  return (
    <section ref={section} tabIndex={-1} className={classes.conflict} aria-label="Changed elsewhere">
      <p role="alert">
        <strong>This part was changed elsewhere while you were writing.</strong> What you typed is still
        above.
      </p>
      <div className={classes.switch} role="group" aria-label="What to compare">
        <button type="button" aria-pressed={!withMine} onClick={() => setWithMine(false)}>
          What they changed
        </button>
        <button type="button" aria-pressed={withMine} onClick={() => setWithMine(true)}>
          Theirs beside mine
        </button>
      </div>
      {withMine ? (
        <Compare before={valuesOf(theirs)} after={mine} titles={[now, "As you typed it"]} />
      ) : (
        <Compare
          before={valuesOf(base)}
          after={valuesOf(theirs)}
          titles={[`Version ${base.version}, where you began`, now]}
        />
      )}
      <Group gap="xs" mt="sm">
        <Button size="sm" loading={props.busy} onClick={props.onKeepMine}>
          Keep mine
        </Button>
        <Button size="sm" variant="default" disabled={props.busy} onClick={props.onTakeTheirs}>
          Take theirs
        </Button>
        <CopyButton value={mine.content}>
          {({ copied, copy }) => (
            <Button
              size="sm"
              variant="subtle"
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? "Copied" : "Copy my text"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <p className={classes.fine}>
        Whichever you keep, the other one stays in the history. Taking theirs sets your text aside, and you
        can have it back while this is open.
      </p>
    </section>
  );
}
