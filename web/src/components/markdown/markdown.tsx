import { lazy, Suspense } from "react";
import classes from "./markdown.module.css";

const Rendered = lazy(() => import("./rendered"));

/** Markdown, readable as plain text until the renderer has arrived. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<div className={`${classes.text} ${classes.plain}`}>{text}</div>}>
      <Rendered text={text} />
    </Suspense>
  );
}
