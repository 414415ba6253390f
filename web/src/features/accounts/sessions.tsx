import { Button } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Session, sessionsQuery, useEndOtherSessions, useEndSession } from "@/api/account";
import { Confirm } from "@/components/confirm";
import { ago } from "@/lib/format";
import classes from "./account.module.css";
import { deviceOf } from "./devices";
import { Loaded } from "./loaded";
import { Badge, Row, Section } from "./section";

/** The browsers that are signed in, and the ways to end that. */
export function Sessions() {
  const sessions = useQuery({ ...sessionsQuery, refetchOnMount: "always" });
  const end = useEndSession();
  const endOthers = useEndOtherSessions();
  const [doomed, setDoomed] = useState<Session | "others" | null>(null);
  const act = doomed === "others" ? endOthers : end;
  const others = (sessions.data?.items ?? []).filter((session) => !session.isCurrent);

  function close() {
    setDoomed(null);
    end.reset();
    endOthers.reset();
  }

  function confirm() {
    if (doomed === "others") endOthers.mutate(undefined, { onSuccess: close });
    else if (doomed) end.mutate(doomed.id, { onSuccess: close });
  }

  return (
    <Section
      id="sessions"
      title="Sessions"
      lead="Where you are signed in. A session ends 14 days after its last use, and in any case after 30."
      tools={
        others.length > 0 ? (
          <Button size="sm" variant="default" onClick={() => setDoomed("others")}>
            Sign out everywhere else
          </Button>
        ) : null
      }
    >
      <Loaded query={sessions} what="Your sessions" rows={2}>
        {({ items }) => (
          <ul className={classes.rows} aria-label="Sessions">
            {items.map((session) => (
              <SessionRow key={session.id} session={session} onEnd={() => setDoomed(session)} />
            ))}
          </ul>
        )}
      </Loaded>
      <Confirm
        opened={doomed !== null}
        title={doomed === "others" ? "Sign out everywhere else?" : "Sign this browser out?"}
        action="Sign out"
        busy={act.isPending}
        error={act.error}
        onConfirm={confirm}
        onClose={close}
      >
        {doomed === null || doomed === "others"
          ? "Every browser but this one has to sign in again. API keys are not touched."
          : `${deviceOf(doomed.userAgent)} has to sign in again.`}
      </Confirm>
    </Section>
  );
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const device = deviceOf(session.userAgent);
  const isPhone = /iPhone|Android/.test(device);
  const Icon = isPhone ? IconDeviceMobile : IconDeviceDesktop;
  const facts = [
    session.address,
    `signed in ${ago(session.createdAt)}`,
    session.isCurrent ? null : `last used ${ago(session.lastSeenAt)}`,
  ];
  return (
    <Row
      icon={<Icon size={20} stroke={1.6} aria-hidden="true" />}
      name={device}
      badge={session.isCurrent ? <Badge kind="good">This browser</Badge> : null}
      note={facts.filter(Boolean).join(" · ")}
      actions={
        session.isCurrent ? null : (
          <Button size="sm" variant="default" aria-label={`Sign out ${device}`} onClick={onEnd}>
            Sign out
          </Button>
        )
      }
    />
  );
}
