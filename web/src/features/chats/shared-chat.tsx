import { Box, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { chatQuery, messagesQuery } from "@/api/chats";
import { sessionQuery } from "@/api/session";
import { Wordmark } from "@/components/wordmark";
import type { Message } from "./messages";
import classes from "./shared-chat.module.css";
import { Transcript } from "./transcript";

const POLL_MS = 4_000;

/** Somebody's public chat, for anyone: it can be read, and nothing else. */
export default function SharedChat({ id }: { id: string }) {
  const { data: session } = useQuery(sessionQuery);
  const { data: chat } = useQuery({
    ...chatQuery(id),
    refetchInterval: ({ state }) => (state.data?.isRunning ? POLL_MS : false),
  });
  const { data: kept, refetch } = useQuery(messagesQuery(id));
  const signedIn = Boolean(session?.user);
  const running = chat?.isRunning === true;
  const wasRunning = useRef(running);
  useEffect(() => {
    if (wasRunning.current && !running) void refetch();
    wasRunning.current = running;
  }, [running, refetch]);
  const title = chat?.title ?? "Chat";
  return (
    <div className={classes.page} data-scrolls>
      <title>{`${title} · Quartet`}</title>
      {signedIn ? null : (
        <header className={classes.top}>
          <Link to="/" aria-label="Quartet" preload={false}>
            <Wordmark />
          </Link>
          <Button
            size="sm"
            renderRoot={(rest) => <Link to="/sign-in" search={{ next: `/chat/${id}` }} {...rest} />}
          >
            Sign in
          </Button>
        </header>
      )}
      <Box component={signedIn ? "div" : "main"} className={classes.inner}>
        <h1>{title}</h1>
        <p className={classes.note}>
          Somebody shared this chat. It can be read, not continued.{" "}
          {signedIn ? (
            <Link to="/">Begin a chat of your own</Link>
          ) : (
            <Link to="/sign-in" search={{ next: "/" }}>
              Sign in to begin one of your own
            </Link>
          )}
        </p>
        <Transcript chatId={id} messages={(kept?.messages ?? []) as unknown as Message[]}>
          {running ? (
            <p className={classes.note} role="status">
              An answer is being written …
            </p>
          ) : null}
        </Transcript>
      </Box>
    </div>
  );
}
