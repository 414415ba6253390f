import { useEffect, useState } from "react";

/** Opens a moment after it is there: what is opened from its first day on does not know where the focus came from. */
export function useOpened(wanted: boolean): boolean {
  const [opened, setOpened] = useState(false);
  useEffect(() => setOpened(wanted), [wanted]);
  return opened;
}
