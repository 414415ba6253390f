import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { explain } from "@/api/client";
import type { Component } from "@/api/components";
import { type ComponentVersion, useRestoreVersion } from "@/api/editing";
import { Confirm } from "@/components/confirm";
import { showUndo } from "@/components/undo";

/**
 * Lets a component say again what it said: a new version, and undone as easily. Asks only where typed text would go.
 * `question` is to be rendered.
 */
export function useRestoring(component: Component, dirty: boolean, onRestored: (kept: Component) => void) {
  const [waiting, setWaiting] = useState<ComponentVersion | null>(null);
  const restore = useRestoreVersion(component.id);

  function putBack(version: number) {
    restore.mutate(
      { version, present: component.version },
      {
        onSuccess: (kept) => {
          setWaiting(null);
          onRestored(kept);
          showUndo(`Version ${version} is back, as version ${kept.version}.`, () =>
            restore.mutateAsync({ version: component.version, present: kept.version }),
          );
        },
        onError: (error) => {
          setWaiting(null);
          notifications.show({ color: "danger", message: explain(error) });
        },
      },
    );
  }

  const question = (
    <Confirm
      opened={waiting !== null}
      title={`Restore version ${waiting?.version ?? ""}?`}
      action="Discard and restore"
      busy={restore.isPending}
      onClose={() => setWaiting(null)}
      onConfirm={() => waiting && putBack(waiting.version)}
    >
      What you typed here is not saved and would be lost. Save it first to have it in the history.
    </Confirm>
  );
  return {
    ask: (version: ComponentVersion) => (dirty ? setWaiting(version) : putBack(version.version)),
    question,
    asking: waiting !== null,
    busy: restore.isPending,
  };
}
