import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ModelUsage } from "@/api/billing";
import { percent } from "@/components/plan-limits";
import { TypeIcon } from "@/components/type-icon";
import { count, plural } from "@/lib/format";
import { isType } from "@/lib/slots";
import classes from "./plan.module.css";

/** Tokens by model; those of the local model stand apart as free. */
export function ModelTable({ models }: { models: ModelUsage[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Answers</th>
          <th scope="col">Sent</th>
          <th scope="col">Received</th>
        </tr>
      </thead>
      <tbody>
        {models.map(({ provider, model, answers, inputTokens, outputTokens, isMetered }) => (
          <tr key={`${provider} ${model} ${isMetered}`}>
            <th scope="row">
              {model}
              {isMetered ? null : <span className={classes.free}>free</span>}
            </th>
            <td>{count(answers)}</td>
            <td>{count(inputTokens)}</td>
            <td>{count(outputTokens)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface Share {
  id: string | null;
  name: string | null;
  /** A component's; null for a preset. */
  type: string | null;
  exists: boolean;
  answers: number;
  tokens: number;
  /** Of the month's metered tokens, 0 to 1. */
  share: number;
}

const FEW = 6;

/** What took which part of the month, the greatest first. */
export function Shares({ rows, of, none }: { rows: Share[]; of: string; none: string }) {
  const [all, setAll] = useState(false);
  if (rows.length === 0) return <p className={classes.told}>{none}</p>;
  const shown = all ? rows : rows.slice(0, FEW);
  return (
    <>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col">Tokens</th>
            <th scope="col">Of the month</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={`${row.type} ${row.id}`}>
              <th scope="row">
                <span className={classes.named}>
                  {isType(row.type) ? <TypeIcon type={row.type} /> : null}
                  <span>
                    <Name row={row} />
                    <span className={classes.under}>{plural(row.answers, "answer")}</span>
                  </span>
                </span>
              </th>
              <td>{count(row.tokens)}</td>
              <td className={classes.share}>
                {percent(row.share)}
                <span className={classes.thin} aria-hidden="true">
                  <span style={{ width: `${Math.min(1, row.share) * 100}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > FEW ? (
        <Button
          size="compact-sm"
          variant="subtle"
          mt={6}
          ml={-8}
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? "Show fewer" : `Show all ${count(rows.length)}`}
        </Button>
      ) : null}
    </>
  );
}

function Name({ row: { id, name, type, exists } }: { row: Share }) {
  if (id === null) return <>A free mix, or no prompt</>;
  if (type === null) {
    return (
      <Link to="/presets/$id" params={{ id }}>
        {name ?? "A preset without a name"}
      </Link>
    );
  }
  if (!exists) return <>{name} (deleted)</>;
  return (
    <Link to="/library/{-$type}" params={{ type: undefined }} search={{ edit: id }}>
      {name}
    </Link>
  );
}
