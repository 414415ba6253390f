import { useState } from "react";
import classes from "./attachment.module.css";
import type { Message } from "./messages";
import { type Attached, filesOf } from "./pictures";

/** The pictures of a question; nothing where it has none. */
export function Attachments({ message }: { message: Message }) {
  const files = filesOf(message);
  if (files.length === 0) return null;
  return (
    <div className={classes.pictures}>
      {files.map((file) => (
        <Attachment key={file.url} file={file} />
      ))}
    </div>
  );
}

/** A picture as it was sent; opens whole in another tab. Its box has its size before it arrives. */
export function Attachment({ file }: { file: Attached }) {
  const [gone, setGone] = useState(false);
  // A Chat SDK keeps its pictures elsewhere, and pages of ours show nothing from there.
  const isElsewhere = /^https?:/.test(file.url) && !file.url.startsWith(window.location.origin);
  return (
    <a className={classes.one} href={file.url} target="_blank" rel="noreferrer" title={file.name}>
      {isElsewhere ? (
        <span className={classes.gone}>“{file.name}” is kept elsewhere: open it</span>
      ) : gone ? (
        <span className={classes.gone}>“{file.name}” is not here any more</span>
      ) : (
        <img src={file.url} alt={file.name} loading="lazy" decoding="async" onError={() => setGone(true)} />
      )}
    </a>
  );
}
