import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { explain } from "@/api/client";
import type { Component } from "@/api/components";
import { type ComponentVersion, impactQuery, useDuplicateComponent } from "@/api/editing";
import { ComponentForm } from "@/components/component-form";
import { EmptyState } from "@/components/states";
import { About } from "./about";
import { Conflict } from "./conflict";
import { useDeletion } from "./delete-component";
import classes from "./editor.module.css";
import { Gone, TrashLink } from "./gone";
import { Reach } from "./impact";
import { Reading } from "./reading";
import { useEditing } from "./use-editing";
import { useRestoring } from "./use-restoring";
import { Versions } from "./versions";

/** What stands in the editor: the form, the change about to be saved, an older version; the list of them if narrow. */
type Shown = "form" | "change" | "history" | ComponentVersion;

/** A component being changed: its text on the left, its history on the right. */
export function EditComponent(props: {
  component: Component;
  /** It is not there any more; what stands here is what was last read of it. */
  missing: boolean;
  narrow: boolean;
  onDirty: (dirty: boolean) => void;
  /** A dialog of this editor stands above it. */
  onAsking: (asking: boolean) => void;
  /** Nothing is left to be saved: closes without asking. */
  onDone: () => void;
  onClose: () => void;
  onOpen: (id: string) => void;
}) {
  const { component, onDirty, onAsking } = props;
  const editing = useEditing(component, props.onDone);
  const { base, form, dirty } = editing;
  const [shown, setShown] = useState<Shown>("form");
  const impact = useQuery(impactQuery(base.id));
  const duplicate = useDuplicateComponent();
  const deletion = useDeletion();
  const panel = useRef<HTMLElement>(null);
  const restoring = useRestoring(component, dirty, (kept) => {
    editing.startFrom(kept);
    show("form");
  });
  const asking = deletion.asking || restoring.asking;

  useEffect(() => {
    onDirty(dirty);
    return () => onDirty(false);
  }, [dirty, onDirty]);
  useEffect(() => {
    onAsking(asking);
    return () => onAsking(false);
  }, [asking, onAsking]);

  function show(what: Shown) {
    setShown(what);
    // What was pressed may be gone with the list it stood in; reading goes on in what it opened.
    requestAnimationFrame(() => panel.current?.focus());
  }

  const keep = () => form.onSubmit((values) => editing.save(values, false))();
  const looked = typeof shown === "object" ? shown : null;
  const versions = (
    <Versions
      id={base.id}
      present={component.version}
      looking={looked?.version ?? null}
      busy={restoring.busy}
      onLook={(version) => show(version.version === component.version ? "form" : version)}
      onRestore={restoring.ask}
    />
  );
  const { theirs, aside } = editing;
  const gone = props.missing || editing.gone;
  const retyped = form.values.content.trim() !== base.content.trim();
  if (gone && !dirty) {
    return (
      <EmptyState title="This part is not here any more" actions={<TrashLink />}>
        It was deleted elsewhere.
      </EmptyState>
    );
  }
  return (
    <div className={classes.editor}>
      <section className={classes.sheet} ref={panel} tabIndex={-1} aria-label="Editor">
        <div hidden={shown !== "form"}>
          <ComponentForm
            type={base.type}
            form={form}
            action="Save"
            busy={editing.busy}
            error={gone ? null : editing.error}
            kept={base.content}
            onCancel={props.onClose}
            // By habit, Ctrl+S would keep mine before anybody has read theirs.
            onSubmit={theirs || gone ? () => {} : editing.save}
            footer={theirs || gone ? <span /> : undefined}
          >
            {gone ? (
              <Gone
                type={base.type}
                values={form.getValues}
                onMade={(id) => {
                  onDirty(false);
                  props.onOpen(id);
                }}
              />
            ) : null}
            {aside ? (
              <div className={classes.reach}>
                <p>Your own text is set aside.</p>
                <Button size="compact-sm" variant="default" onClick={editing.takeMineBack}>
                  Take mine after all
                </Button>
              </div>
            ) : null}
            {retyped && impact.data && !theirs ? (
              <Reach impact={impact.data} onReview={() => show("change")} />
            ) : null}
            {theirs ? (
              <Conflict
                base={base}
                theirs={theirs}
                mine={form.values}
                busy={editing.busy}
                onKeepMine={keep}
                onTakeTheirs={editing.takeTheirs}
              />
            ) : null}
          </ComponentForm>
        </div>
        {shown === "history" ? (
          <>
            <Button variant="default" size="xs" mb="sm" onClick={() => show("form")}>
              Back to the text
            </Button>
            {versions}
          </>
        ) : null}
        {shown === "form" || shown === "history" ? null : (
          <Reading
            present={component}
            base={base}
            typed={form.values}
            version={looked}
            busy={restoring.busy || editing.busy}
            onBack={() => show("form")}
            onRestore={restoring.ask}
            onSave={() => {
              setShown("form");
              keep();
            }}
          />
        )}
      </section>
      <About
        component={component}
        impact={impact.data}
        copying={duplicate.isPending}
        onHistory={props.narrow && shown !== "history" ? () => show("history") : undefined}
        onDuplicate={() =>
          duplicate.mutate(base.id, {
            onSuccess: (made) => {
              notifications.show({ message: `“${made.name}” is in your library.` });
              props.onOpen(made.id);
            },
            onError: (error) => notifications.show({ color: "danger", message: explain(error) }),
          })
        }
        onDelete={() => void deletion.ask(base, props.onDone, dirty)}
      />
      {props.narrow ? null : (
        <section className={classes.history} aria-labelledby="history-title">
          <h3 id="history-title">History</h3>
          {versions}
        </section>
      )}
      {restoring.question}
      {deletion.question}
    </div>
  );
}
