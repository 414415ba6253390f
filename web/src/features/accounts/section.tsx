import type { ReactNode } from "react";
import classes from "./account.module.css";

/** A part of the account page: a heading, what it is about, what one can do, and what is there. */
export function Section(props: {
  id: string;
  title: string;
  lead?: ReactNode;
  tools?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section aria-labelledby={props.id} className={classes.section}>
      <div className={classes.head}>
        <h2 id={props.id}>{props.title}</h2>
        {props.tools}
      </div>
      {props.lead ? <p className={classes.lead}>{props.lead}</p> : null}
      {props.children}
    </section>
  );
}

/** A setting: what it is called, how it stands, and the buttons that change it. */
export function Row(props: {
  name: ReactNode;
  note?: ReactNode;
  badge?: ReactNode;
  icon?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <li className={classes.row}>
      {props.icon ? <span className={classes.icon}>{props.icon}</span> : null}
      <div className={classes.words}>
        <span className={classes.name}>
          {props.name}
          {props.badge}
        </span>
        {props.note ? <span className={classes.note}>{props.note}</span> : null}
      </div>
      {props.actions ? <div className={classes.actions}>{props.actions}</div> : null}
    </li>
  );
}

export function Badge({ kind, children }: { kind?: "good" | "warn"; children: ReactNode }) {
  return (
    <span className={classes.badge} data-kind={kind}>
      {children}
    </span>
  );
}
