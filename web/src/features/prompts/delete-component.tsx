import { Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Component } from "@/api/components";
import { type Impact, impactQuery, useDeleteComponent } from "@/api/editing";
import { useBringBack } from "@/api/trash";
import { Confirm } from "@/components/confirm";
import { showUndo } from "@/components/undo";
import { plural } from "@/lib/format";
import { reach } from "./impact";

interface Doomed {
  component: Component;
  /** Not known where it could not be read. */
  impact: Impact | null;
  unsaved: boolean;
}

/**
 * Deletes a component: at once where nothing speaks with it, since it can be undone; else it asks once and names what
 * is reached. `question` is to be rendered.
 */
export function useDeletion() {
  const client = useQueryClient();
  const remove = useDeleteComponent();
  const bringBack = useBringBack();
  const [doomed, setDoomed] = useState<Doomed | null>(null);
  const [after, setAfter] = useState<() => void>(() => () => {});

  function erase({ component, ...rest }: Doomed, onGone: () => void) {
    remove.mutate(component.id, {
      onSuccess: ({ presets }) => {
        const lost = presets.length > 0 ? ` ${plural(presets.length, "preset")} lost it.` : "";
        showUndo(`“${component.name}” is deleted.${lost}`, () => bringBack(component.id));
        setDoomed(null);
        onGone();
      },
      onError: () => setDoomed({ component, ...rest }),
    });
  }

  /** `onGone` is called once it is deleted; `unsaved` where there is typed text that would go with it. */
  async function ask(component: Component, onGone: () => void, unsaved = false) {
    remove.reset();
    setAfter(() => onGone);
    const impact = await client.fetchQuery(impactQuery(component.id)).catch(() => null);
    const case_ = { component, impact, unsaved };
    if (impact && !reach(impact) && !unsaved) erase(case_, onGone);
    else setDoomed(case_);
  }

  const question = (
    <Confirm
      opened={doomed !== null}
      title={`Delete “${doomed?.component.name ?? ""}”?`}
      action="Delete"
      busy={remove.isPending}
      error={remove.error}
      onClose={() => setDoomed(null)}
      onConfirm={() => doomed && erase(doomed, after)}
    >
      {doomed ? <What {...doomed} /> : null}
    </Confirm>
  );
  return { ask, question, asking: doomed !== null, busy: remove.isPending };
}

function What({ impact, unsaved }: Doomed) {
  const presets = impact?.presets ?? [];
  return (
    <Stack gap="xs">
      {impact === null ? <span>Presets that use it will be incomplete without it.</span> : null}
      {presets.length > 0 ? (
        <span>
          {plural(presets.length, "preset")} will be incomplete without it:{" "}
          {presets
            .slice(0, 8)
            .map((preset) => preset.name)
            .join(", ")}
          {presets.length > 8 ? ` and ${presets.length - 8} more` : ""}.
        </span>
      ) : null}
      {impact && impact.chats > 0 ? (
        <span>
          {plural(impact.chats, "chat")} {impact.chats === 1 ? "speaks" : "speak"} with it and will go on
          without it. Answers that were made with it stay as they are.
        </span>
      ) : null}
      {unsaved ? <span>What you typed and did not save goes too.</span> : null}
      <span>You can undo this, or find it in the trash for 30 days.</span>
    </Stack>
  );
}
