import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { isRefusal } from "@/api/client";
import type { Component } from "@/api/components";
import { useChangeComponent } from "@/api/editing";
import { type ComponentValues, useComponentForm, valuesOf } from "@/components/component-form";

const same = (a: ComponentValues, b: ComponentValues): boolean =>
  JSON.stringify([a.name, a.content, a.description, a.tags]) ===
  JSON.stringify([b.name, b.content, b.description, b.tags]);

/**
 * A component being changed. `component` is what the server says now; what a person types is based on the version they
 * began from, and whatever comes meanwhile waits for their word.
 */
export function useEditing(component: Component, onDone: () => void) {
  const [base, setBase] = useState(component);
  const [aside, setAside] = useState<ComponentValues | null>(null);
  const form = useComponentForm(valuesOf(component));
  const change = useChangeComponent();
  const dirty = form.isDirty();
  const moved = component.version > base.version;
  const theirs = moved && dirty && !change.isPending ? component : null;

  function startFrom(next: Component) {
    const values = valuesOf(next);
    setBase(next);
    form.setInitialValues(values);
    form.setValues(values);
    form.resetDirty(values);
  }

  // While nothing is typed, the newest version is what is shown. The same where a save arrived, but its answer did not.
  const settled = moved && (!dirty || same(form.values, valuesOf(component)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is settled starts over.
  useEffect(() => {
    if (settled) startFrom(component);
  }, [settled, component]);

  function save(values: ComponentValues, stay: boolean) {
    change.mutate(
      { id: base.id, version: (theirs ?? base).version, change: values },
      {
        onSuccess: (kept) => {
          notifications.show({ message: `“${kept.name}” is saved.` });
          setAside(null);
          if (same(form.getValues(), values)) {
            startFrom(kept);
            if (!stay) onDone();
            return;
          }
          // Typed on while it was being saved: that stays, as a change of what was kept.
          setBase(kept);
          form.setInitialValues(valuesOf(kept));
          form.resetDirty(valuesOf(kept));
        },
      },
    );
  }

  function takeTheirs() {
    setAside(form.getValues());
    change.reset();
    startFrom(component);
  }

  function takeMineBack() {
    if (aside) form.setValues(aside);
    setAside(null);
  }

  return {
    base,
    form,
    dirty,
    /** The version of another editor that stands in the way of saving. */
    theirs,
    /** What was typed before theirs was taken. */
    aside,
    busy: change.isPending,
    error: theirs ? null : change.error,
    /** The component was deleted while it was edited. */
    gone: isRefusal(change.error, 404),
    save,
    startFrom,
    takeTheirs,
    takeMineBack,
  };
}

export type Editing = ReturnType<typeof useEditing>;
