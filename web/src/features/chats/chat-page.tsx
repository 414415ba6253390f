import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { chatQuery, messagesQuery } from "@/api/chats";
import { isRefusal } from "@/api/client";
import { ErrorState } from "@/components/states";
import { newId } from "@/lib/ids";
import { ChatView } from "./chat-view";
import { Loading } from "./loading";
import type { Message } from "./messages";
import { findSession, makeSession, type Session } from "./sessions";

const SharedChat = lazy(() => import("./shared-chat"));

/** The chat of an address, or without one a chat yet to begin. */
export function ChatPage({ id, presetId }: { id?: string; presetId?: string }) {
  const [fresh, setFresh] = useState(() => makeSession(newId()));
  const [named, setNamed] = useState(false);
  if (id === fresh.id && !named) setNamed(true);
  // The fresh chat took its address and was left: the next new chat is another one.
  if (id === undefined && named) {
    setFresh(makeSession(newId()));
    setNamed(false);
  }
  if (id === undefined || id === fresh.id) {
    return <ChatView key={fresh.id} session={fresh} isNew={id === undefined} presetId={presetId} />;
  }
  return <KeptChat key={id} id={id} />;
}

function KeptChat({ id }: { id: string }) {
  const [session, setSession] = useState<Session | undefined>(() => findSession(id));
  const kept = useQuery({ ...messagesQuery(id), enabled: !session });
  // A chat that is not there has no messages either: only this tells it from an empty one.
  const info = useQuery({ ...chatQuery(id), enabled: !session });
  if (!session && kept.data && info.data && !kept.data.isReadonly) {
    const said = kept.data.messages as unknown as Message[];
    // The answer may have been kept between the two: with a question at the end, what was said is read again.
    const tokens = said.at(-1)?.role === "user" ? 0 : info.data.totalTokens;
    setSession(makeSession(id, said, tokens));
  }
  if (session) return <ChatView session={session} isNew={false} />;
  if (kept.data?.isReadonly && info.data) {
    return (
      <Suspense fallback={<Loading />}>
        <SharedChat id={id} />
      </Suspense>
    );
  }
  const error = kept.error ?? info.error;
  if (error) {
    const gone = isRefusal(error, 404) || isRefusal(error, 403);
    return (
      <ErrorState
        title={gone ? "This chat is not here" : "The chat did not load"}
        error={error}
        retry={gone ? undefined : () => void Promise.all([kept.refetch(), info.refetch()])}
        actions={
          <Button size="sm" renderRoot={(rest) => <Link to="/" {...rest} />}>
            New chat
          </Button>
        }
      />
    );
  }
  return <Loading />;
}
