import { useQuery } from "@tanstack/react-query";
import { Fragment, lazy, type ReactNode, useMemo, useState } from "react";
import { modelsQuery } from "@/api/models";
import { Late } from "./late";
import { Marker } from "./marker";
import { Answer } from "./message";
import classes from "./message.module.css";
import { type Message, promptChanges, receiptOf, receiptsBefore } from "./messages";
import { Question } from "./question";
import { useWindow } from "./use-window";

const ReceiptPanel = lazy(() => import("./receipt-panel"));

/** What the owner of a chat can do in its transcript. */
export interface Acts {
  again: () => void;
  vote: (messageId: string, isUpvoted: boolean) => void;
  edit: (message: Message, text: string) => Promise<void>;
  /** What is chosen is again what the server has chosen for the chat. */
  followChat: () => void;
}

/** Everything that was said, the end of it first on the page. Without `acts` it can only be read. */
export function Transcript(props: {
  chatId: string;
  messages: Message[];
  /** The answer at the end is being written; `live`: it is heard as it is. */
  streaming?: boolean;
  live?: boolean;
  votes?: ReadonlyMap<string, boolean>;
  acts?: Acts;
  /** Stands at the end: what goes on, and what went wrong. */
  children?: ReactNode;
}) {
  const { messages, streaming = false, acts } = props;
  const { data: models } = useQuery(modelsQuery);
  const [shown, setShown] = useState<{ message: Message; opened: boolean } | null>(null);
  const [showReceipt] = useState(() => (message: Message) => setShown({ message, opened: true }));
  const answerActs = useMemo(() => acts && { ...acts, showReceipt }, [acts, showReceipt]);
  const receipts = receiptsBefore(messages);
  const last = messages.at(-1);
  const { start, mark } = useWindow(messages.length);
  return (
    <div role="log" aria-label="Conversation" aria-live="off" className={classes.log}>
      <div ref={mark} className={classes.above}>
        {start > 0 ? "Earlier messages …" : null}
      </div>
      {messages.slice(start).map((message, place) => {
        const isLast = message === last;
        if (message.role === "user") {
          return (
            <Question
              key={message.id}
              message={message}
              after={messages.length - 1 - start - place}
              acts={acts}
            />
          );
        }
        return (
          <Fragment key={message.id}>
            <Marker changes={promptChanges(receipts.get(message.id), receiptOf(message))} />
            <Answer
              message={message}
              models={models}
              streaming={isLast && streaming}
              live={props.live}
              isLast={isLast}
              vote={props.votes?.get(message.id)}
              acts={answerActs}
            />
          </Fragment>
        );
      })}
      {props.children}
      {shown && acts ? (
        <Late>
          <ReceiptPanel
            chatId={props.chatId}
            message={shown.message}
            before={receipts.get(shown.message.id)}
            opened={shown.opened}
            onClose={() => setShown({ ...shown, opened: false })}
            onUsed={acts.followChat}
          />
        </Late>
      ) : null}
    </div>
  );
}
