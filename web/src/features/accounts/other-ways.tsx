import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import { explain } from "@/api/client";
import { guestAddress, providerAddress, providersQuery, useGuestEntry } from "@/api/entry";
import classes from "./entry.module.css";
import { ProviderIcon } from "./provider-icon";

/** The ways in that need no password of ours. */
export function OtherWays(props: { next: string; isGuest: boolean; onDone: () => Promise<void> }) {
  const { next, isGuest } = props;
  const providers = useQuery(providersQuery).data?.items ?? [];
  const guest = useGuestEntry();
  if (isGuest && providers.length === 0) return null;

  // A link, so that it works like one; a plain click stays here, where a refusal can be told.
  function enterAsGuest(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    guest.mutate(undefined, { onSuccess: props.onDone });
  }

  return (
    <>
      <div className={classes.or}>or</div>
      <div className={classes.ways}>
        {providers.map(({ id, name }) => (
          <Button
            key={id}
            component="a"
            href={providerAddress(id, next)}
            variant="default"
            fullWidth
            leftSection={<ProviderIcon id={id} />}
          >
            Continue with {name}
          </Button>
        ))}
        {isGuest ? null : (
          <Button
            component="a"
            href={guestAddress(next)}
            variant="default"
            fullWidth
            loading={guest.isPending}
            onClick={enterAsGuest}
          >
            Continue as guest
          </Button>
        )}
      </div>
      {guest.error ? (
        <p className={classes.refusal} role="alert">
          {explain(guest.error)}
        </p>
      ) : null}
    </>
  );
}
