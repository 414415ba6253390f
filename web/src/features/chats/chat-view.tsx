import { Button } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowDown } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { historyQuery } from "@/api/chats";
import { explain } from "@/api/client";
import { read, write } from "@/lib/storage";
import classes from "./chat-view.module.css";
import { Composer, type Opened } from "./composer";
import { BLANK, keepDraft, NEW } from "./drafts";
import { EmptyChat } from "./empty-chat";
import { Loading } from "./loading";
import { type Message, textOf } from "./messages";
import { useModel } from "./model-picker";
import { filesOf } from "./pictures";
import { usePreset } from "./preset-picker";
import { toRequest } from "./selection";
import { holdSession, type Session } from "./sessions";
import { Spoken } from "./spoken";
import { useCompare } from "./use-compare";
import { useDraft } from "./use-draft";
import { useStable } from "./use-stable";
import { useStick } from "./use-stick";
import { useTurns } from "./use-turns";
import { useVotes } from "./use-votes";

// A question can be typed before any of these is there.
const loadConversation = () => import("./conversation");
const loadHeader = () => import("./chat-header");
const loadMarkdown = () => import("@/components/markdown/rendered");
const Conversation = lazy(loadConversation);
const ChatHeader = lazy(loadHeader);
const SOON_MS = 500;
const PreviewPanel = lazy(() => import("./preview-panel"));
const Comparison = lazy(() => import("./comparison"));

interface Props {
  session: Session;
  isNew: boolean;
  /** The preset to start with. */
  presetId?: string;
}

/** One chat: what was said above, the composer below, the composed prompt beside. */
export function ChatView({ session, isNew, presetId }: Props) {
  const { online } = useNetwork();
  const turns = useTurns(session, isNew);
  const model = useModel();
  const start = usePreset(presetId ?? null);
  const draft = useDraft(isNew ? NEW : session.id, turns.chat, start);
  const preset = usePreset(draft.selection.presetId);
  const compare = useCompare(session.id, turns, draft);
  const empty = turns.messages.length === 0;
  const stick = useStick(!empty);
  const { votes, vote } = useVotes(session.id, turns.chat !== undefined);
  const input = useRef<HTMLTextAreaElement>(null);
  const [opened, setOpened] = useState<Opened>(null);
  const [previewing, setPreviewing] = useState(() => read("preview") === "open");

  useEffect(() => holdSession(session), [session]);
  useAddress(session.id, isNew && turns.begun, start !== undefined);
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) input.current?.focus();
    // After what the page needs first, and before the first answer needs them: the line may be gone by then.
    const timer = setTimeout(() => {
      for (const load of [loadConversation, loadHeader, loadMarkdown]) load().catch(() => {});
    }, SOON_MS);
    return () => clearTimeout(timer);
  }, []);

  const body = () => ({
    selectedChatModel: model.id,
    ...(draft.departs ? toRequest(draft.selection, preset) : {}),
  });

  function send() {
    if (!model.id && !model.isPending) return setOpened("model");
    stick.toEnd();
    if (draft.versus) return compare.ask({ model: model.id, preset });
    void turns.send(draft.parts(), body());
    draft.clear();
  }

  const acts = useStable({
    again: () => void turns.again(body()),
    vote,
    edit: async (question: Message, text: string) => {
      const files = question.parts.filter((part) => part.type === "file");
      await turns.edit(question.id, text === "" ? files : [...files, { type: "text", text }], body());
      stick.toEnd();
      input.current?.focus();
    },
    followChat: draft.follow,
  });

  function takeBack() {
    const question = turns.messages.at(-1);
    if (!question) return;
    turns.takeBack();
    draft.putBack(textOf(question), filesOf(question));
    input.current?.focus();
  }

  const stop = () =>
    turns
      .stop()
      .catch((problem) => notifications.show({ message: `The answer goes on. ${explain(problem)}` }));

  function togglePreview() {
    write("preview", previewing ? null : "open");
    setPreviewing(!previewing);
  }

  const title = turns.chat?.title ?? firstLine(turns.messages[0]);
  return (
    <div className={classes.view}>
      <title>{turns.chat ? `${title} · Quartet` : "Quartet"}</title>
      <div className={classes.column}>
        {empty ? null : (
          <Suspense fallback={<div className={classes.head} />}>
            <ChatHeader title={title} chat={turns.chat} messages={turns.messages} />
          </Suspense>
        )}
        <div ref={stick.box} className={classes.scroll} data-scrolls>
          <div ref={stick.inner} className={empty ? `${classes.inner} ${classes.start}` : classes.inner}>
            {empty ? (
              <EmptyChat selection={draft.selection} onSelection={draft.select} onSlot={setOpened} />
            ) : (
              <Suspense fallback={<Loading />}>
                <Conversation
                  chatId={session.id}
                  turns={turns}
                  votes={votes}
                  acts={acts}
                  onEdit={takeBack}
                  next={compare.undecided || draft.versus ? null : { selection: draft.selection, preset }}
                />
              </Suspense>
            )}
            {compare.undecided ? (
              <Suspense fallback={null}>
                <Comparison
                  comparison={compare.undecided}
                  model={model.id}
                  onChanged={turns.reload}
                  onPicked={() => {
                    draft.follow();
                    input.current?.focus();
                  }}
                  onNeither={() => void turns.again(body())}
                />
              </Suspense>
            ) : null}
          </div>
        </div>
        <div className={classes.dock}>
          {stick.away ? <ToEnd onClick={stick.toEnd} /> : null}
          <Composer
            input={input}
            draft={draft}
            preset={preset}
            model={model.id}
            onModel={model.pick}
            opened={opened}
            onOpened={setOpened}
            previewing={previewing}
            onPreview={togglePreview}
            busy={turns.busy || turns.running || compare.running}
            sending={compare.asking}
            picking={compare.undecided !== null}
            trouble={compare.trouble ? `Not sent. ${explain(compare.trouble)}` : undefined}
            online={online}
            onSend={send}
            onStop={stop}
          />
        </div>
      </div>
      {previewing ? (
        <Suspense fallback={null}>
          <PreviewPanel slots={draft.selection.slots} model={model.id} onClose={togglePreview} />
        </Suspense>
      ) : null}
      <Spoken turns={turns} />
    </div>
  );
}

/** What the server calls a chat at first. */
const firstLine = (message: Message | undefined) =>
  (message && textOf(message).trim().split("\n", 1)[0]) || "Chat";

/** Gives a new chat its address once its answer begins (before that there is nothing at it), and drops `?preset=`. */
function useAddress(id: string, begun: boolean, started: boolean) {
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    if (!begun) return;
    keepDraft(NEW, BLANK);
    void client.invalidateQueries({ queryKey: historyQuery.queryKey });
    void navigate({ to: "/chat/$id", params: { id }, replace: true });
  }, [begun, client, id, navigate]);
  useEffect(() => {
    if (started) void navigate({ to: "/", search: {}, replace: true });
  }, [started, navigate]);
}

function ToEnd({ onClick }: { onClick: () => void }) {
  return (
    <Button
      className={classes.toEnd}
      size="xs"
      radius="xl"
      variant="default"
      leftSection={<IconArrowDown size={16} />}
      onClick={onClick}
    >
      Latest
    </Button>
  );
}
