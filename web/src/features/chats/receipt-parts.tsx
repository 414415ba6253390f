import { Link } from "@tanstack/react-router";
import type { PromptOfAnswer, UsedPart } from "@/api/chats";
import { TypeIcon } from "@/components/type-icon";
import { TYPE_NAMES } from "@/lib/slots";
import classes from "./receipt-panel.module.css";

/** The parts as they were, and what became of them since. */
export function ReceiptParts({ prompt }: { prompt: PromptOfAnswer }) {
  const { receipt, parts } = prompt;
  return (
    <section aria-label="Parts">
      {receipt.presetId ? (
        <p className={classes.preset}>
          Preset <b>{receipt.presetName}</b>
        </p>
      ) : null}
      <ul className={classes.parts}>
        {parts.map((part) => (
          <li key={part.type}>
            <TypeIcon type={part.type} />
            <span className={classes.name}>
              <span className={classes.kind}>{TYPE_NAMES[part.type].one}</span>
              {part.versionNow === null ? (
                part.name
              ) : (
                <Link to="/library/{-$type}" params={{ type: part.type }} search={{ edit: part.id }}>
                  {part.name}
                </Link>
              )}
            </span>
            <Since part={part} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Since({ part }: { part: UsedPart }) {
  const { version, versionNow } = part;
  return (
    <span className={classes.since}>
      version {version}
      {versionNow === null ? <span className={classes.mark}>deleted since</span> : null}
      {versionNow !== null && versionNow !== version ? (
        <span className={classes.mark}>now version {versionNow}</span>
      ) : null}
    </span>
  );
}
