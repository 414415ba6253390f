import { Button } from "@mantine/core";
import { count } from "@/lib/format";
import classes from "./import.module.css";

/** How many rows a page has: as many as a slow phone draws without a stop. */
export const PAGE = 50;

export function Pager(props: { total: number; page: number; onPage: (page: number) => void }) {
  const { total, page, onPage } = props;
  const last = Math.ceil(total / PAGE) - 1;
  if (last < 1) return null;
  return (
    <nav className={classes.pager} aria-label="Pages of the list">
      <Button size="xs" variant="default" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      <span role="status">
        {count(page * PAGE + 1)} to {count(Math.min(total, (page + 1) * PAGE))} of {count(total)}
      </span>
      <Button size="xs" variant="default" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
