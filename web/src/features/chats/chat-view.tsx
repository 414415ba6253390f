import { Button, VisuallyHidden } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconArrowDown } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { historyQuery } from "@/api/chats";
import { read, write } from "@/lib/storage";
import classes from "./chat-view.module.css";
import { Composer, type Opened } from "./composer";
import { keepDraft, NEW } from "./drafts";
import { EmptyChat } from "./empty-chat";
import { textOf } from "./messages";
import { useModel } from "./model-picker";
import { usePreset } from "./preset-picker";
import { toRequest } from "./selection";
import { holdSession, type Session } from "./sessions";
import { Transcript } from "./transcript";
import { useDraft } from "./use-draft";
import { useStick } from "./use-stick";
import { useTurns } from "./use-turns";

const PreviewPanel = lazy(() => import("./preview-panel"));

interface Props {
  session: Session;
  isNew: boolean;
  /** Someone else's public chat. */
  isReadonly?: boolean;
  /** The preset to start with. */
  presetId?: string;
}

/** One chat: what was said above, the composer below, the composed prompt beside. */
export function ChatView({ session, isNew, isReadonly = false, presetId }: Props) {
  const { online } = useNetwork();
  const turns = useTurns(session, isNew);
  const model = useModel();
  const start = usePreset(presetId ?? null);
  const draft = useDraft(isNew ? NEW : session.id, turns.chat, start);
  const preset = usePreset(draft.selection.presetId);
  const empty = turns.messages.length === 0;
  const stick = useStick(!empty);
  const input = useRef<HTMLTextAreaElement>(null);
  const [opened, setOpened] = useState<Opened>(null);
  const [previewing, setPreviewing] = useState(() => read("preview") === "open");

  useEffect(() => holdSession(session), [session]);
  useAddress(session.id, isNew && turns.begun, start !== undefined);
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) input.current?.focus();
  }, []);

  const body = () => ({
    selectedChatModel: model.id,
    ...(draft.departs ? toRequest(draft.selection, preset) : {}),
  });

  function send() {
    const text = draft.text.trim();
    if (text === "") return;
    if (!model.id && !model.isPending) return setOpened("model");
    void turns.send(text, body());
    draft.write("");
    stick.toEnd();
  }

  function edit() {
    const question = turns.messages.at(-1);
    if (!question) return;
    turns.takeBack();
    draft.putBack(textOf(question));
    input.current?.focus();
  }

  function togglePreview() {
    write("preview", previewing ? null : "open");
    setPreviewing(!previewing);
  }

  const title = turns.chat?.title ?? "Chat";
  return (
    <div className={classes.view}>
      <title>{turns.chat ? `${title} · Quartet` : "Quartet"}</title>
      <div className={classes.column}>
        {empty ? null : <VisuallyHidden component="h1">{title}</VisuallyHidden>}
        <div ref={stick.box} className={classes.scroll}>
          <div ref={stick.inner} className={empty ? `${classes.inner} ${classes.start}` : classes.inner}>
            {empty ? (
              <EmptyChat selection={draft.selection} onSelection={draft.select} onSlot={setOpened} />
            ) : (
              <Transcript
                turns={turns}
                onAgain={isReadonly ? undefined : (messageId) => void turns.regenerate(messageId, body())}
                onResend={() => void turns.again(body())}
                onEdit={edit}
              />
            )}
          </div>
        </div>
        <div className={classes.dock}>
          {stick.away ? <ToEnd onClick={stick.toEnd} /> : null}
          {isReadonly ? (
            <p className={classes.readonly}>Someone shared this chat. It can be read, not continued.</p>
          ) : (
            <Composer
              input={input}
              text={draft.text}
              onText={draft.write}
              selection={draft.selection}
              preset={preset}
              onSelection={draft.select}
              model={model.id}
              onModel={model.pick}
              opened={opened}
              onOpened={setOpened}
              previewing={previewing}
              onPreview={togglePreview}
              busy={turns.busy || turns.running}
              online={online}
              onSend={send}
              onStop={turns.stop}
            />
          )}
        </div>
      </div>
      {previewing ? (
        <Suspense fallback={null}>
          <PreviewPanel slots={draft.selection.slots} model={model.id} onClose={togglePreview} />
        </Suspense>
      ) : null}
      <Spoken status={turns.status} />
    </div>
  );
}

/** Gives a new chat its address once its answer begins (before that there is nothing at it), and drops `?preset=`. */
function useAddress(id: string, begun: boolean, started: boolean) {
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    if (!begun) return;
    keepDraft(NEW, { text: "", selection: null });
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

/** Tells those who cannot see it how the answer is coming on. */
function Spoken({ status }: { status: string }) {
  const [last, setLast] = useState(status);
  const [words, setWords] = useState("");
  if (status !== last) {
    setLast(status);
    if (status === "submitted") setWords("Sent.");
    else if (status === "streaming") setWords("Answering.");
    else if (status === "ready" && last === "streaming") setWords("Answer complete.");
  }
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {words}
    </VisuallyHidden>
  );
}
