import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Confirm } from "./confirm";

/** Asks before a page with unsaved changes is left, by a link, by the back button or by closing the tab. */
export function LeaveGuard({ dirty, children }: { dirty: boolean; children: ReactNode }) {
  const leaving = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  return (
    <Confirm
      opened={leaving.status === "blocked"}
      title="Leave without saving?"
      action="Discard changes"
      onConfirm={() => leaving.proceed?.()}
      onClose={() => leaving.reset?.()}
    >
      {children}
    </Confirm>
  );
}
