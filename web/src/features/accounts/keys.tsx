import { Button } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type ApiKey, keysQuery, useRevokeKey } from "@/api/account";
import { sessionQuery } from "@/api/session";
import { Confirm } from "@/components/confirm";
import { EmptyState } from "@/components/states";
import classes from "./account.module.css";
import { factsOf, isOver } from "./key-words";
import { Loaded } from "./loaded";
import { NewKey } from "./new-key";
import { Badge, Row, Section } from "./section";

/** The keys that programs use in one's place. */
export function Keys() {
  const { data: session } = useQuery(sessionQuery);
  const isGuest = session?.user?.isGuest ?? false;
  const keys = useQuery({ ...keysQuery, enabled: !isGuest, refetchOnMount: "always" });
  const [making, setMaking] = useState(false);
  if (isGuest) return <ForGuests />;
  return (
    <Section
      id="keys"
      title="API keys"
      lead="A program with one of these uses Quartet as you. None of them reaches your account, its keys or your plan."
      tools={
        keys.data && keys.data.items.length > 0 ? (
          <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
            New key
          </Button>
        ) : null
      }
    >
      <Loaded query={keys} what="Your API keys" rows={2}>
        {({ items }) =>
          items.length > 0 ? (
            <List keys={items} />
          ) : (
            <EmptyState
              title="No API keys yet"
              actions={
                <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
                  New key
                </Button>
              }
            >
              Make one for a script, an editor, or another app that asks here.
            </EmptyState>
          )
        }
      </Loaded>
      <NewKey opened={making} onClose={() => setMaking(false)} />
    </Section>
  );
}

function List({ keys }: { keys: ApiKey[] }) {
  const revoke = useRevokeKey();
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const close = () => {
    setDoomed(null);
    revoke.reset();
  };
  return (
    <>
      <ul className={classes.rows} aria-label="API keys">
        {keys.map((key) => (
          <Row
            key={key.id}
            icon={<IconKey size={20} stroke={1.6} aria-hidden="true" />}
            name={key.name}
            badge={
              <>
                <code className={classes.hint}>{key.hint}</code>
                {isOver(key) ? <Badge kind="warn">Ended</Badge> : null}
              </>
            }
            note={factsOf(key)}
            actions={
              <Button
                size="sm"
                variant="default"
                aria-label={`${isOver(key) ? "Delete" : "Revoke"} “${key.name}”`}
                onClick={() => setDoomed(key)}
              >
                {isOver(key) ? "Delete" : "Revoke"}
              </Button>
            }
          />
        ))}
      </ul>
      <Confirm
        opened={doomed !== null}
        title={`${doomed && isOver(doomed) ? "Delete" : "Revoke"} “${doomed?.name ?? ""}”?`}
        action={doomed && isOver(doomed) ? "Delete key" : "Revoke key"}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => doomed && revoke.mutate(doomed.id, { onSuccess: close })}
        onClose={close}
      >
        {doomed && isOver(doomed)
          ? "It has ended already; it only goes from this list."
          : "Programs that use it are refused at once. This cannot be undone."}
      </Confirm>
    </>
  );
}

function ForGuests() {
  return (
    <Section id="keys" title="API keys">
      <EmptyState
        title="API keys need an account"
        actions={
          <Button renderRoot={(rest) => <Link to="/register" search={{ next: "/account/keys" }} {...rest} />}>
            Create an account
          </Button>
        }
      >
        Everything you made as a guest stays yours.
      </EmptyState>
    </Section>
  );
}
