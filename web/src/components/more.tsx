import { Button, type ButtonProps } from "@mantine/core";
import { useEffect, useRef } from "react";

interface List {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/**
 * The button under a list, or in its last row, that brings the next page. The focus goes on to the first row that
 * comes: the button moves away from it, and after the last page it is gone.
 */
export function More(props: ButtonProps & { list: List; words?: string; label?: string }) {
  const { list, words = "More", label, ...look } = props;
  const button = useRef<HTMLButtonElement>(null);
  const awaited = useRef<{ rows: Element; place: number } | null>(null);

  useEffect(() => {
    if (!awaited.current || list.isFetchingNextPage) return;
    const { rows, place } = awaited.current;
    const row = rows.children[place];
    if (!row && !list.isFetchNextPageError) return;
    awaited.current = null;
    const focused = document.activeElement;
    // Whoever went on elsewhere meanwhile is not called back. A button that is busy loses the focus in some browsers.
    if (focused !== document.body && focused !== button.current) return;
    const next = row?.querySelector<HTMLElement>("a, button, [role=button]") ?? button.current;
    next?.focus({ preventScroll: true });
  });

  function bring() {
    const row = button.current?.closest("li");
    const rows = row?.parentElement ?? button.current?.previousElementSibling;
    if (rows) awaited.current = { rows, place: row ? [...rows.children].indexOf(row) : rows.children.length };
    void list.fetchNextPage();
  }

  if (!list.hasNextPage) return null;
  return (
    <Button
      ref={button}
      variant="default"
      fullWidth
      aria-label={list.isFetchNextPageError ? undefined : label}
      loading={list.isFetchingNextPage}
      onClick={bring}
      {...look}
    >
      {list.isFetchNextPageError ? "It did not load. Try again" : words}
    </Button>
  );
}
