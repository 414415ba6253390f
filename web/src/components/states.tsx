import { Button } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconCloudOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { explain } from "@/api/client";
import classes from "./states.module.css";

export function EmptyState(props: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.state}>
      <h2>{props.title}</h2>
      {props.children ? <p>{props.children}</p> : null}
      {props.actions ? <div className={classes.actions}>{props.actions}</div> : null}
    </div>
  );
}

export function ErrorState(props: {
  title: string;
  error: unknown;
  retry?: () => void;
  actions?: ReactNode;
}) {
  return (
    <div className={classes.state} role="alert">
      <h2>{props.title}</h2>
      <p>{explain(props.error)}</p>
      <div className={classes.actions}>
        {props.retry ? (
          <Button variant="default" size="sm" onClick={props.retry}>
            Try again
          </Button>
        ) : null}
        {props.actions}
      </div>
    </div>
  );
}

export function OfflineBanner() {
  const { online } = useNetwork();
  return (
    <div role="status">
      {online ? null : (
        <div className={classes.banner}>
          <IconCloudOff size={18} aria-hidden="true" />
          You are offline. What you typed stays.
        </div>
      )}
    </div>
  );
}
