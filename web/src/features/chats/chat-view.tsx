import { Button, VisuallyHidden } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { read, write } from "@/lib/storage";
import classes from "./chat-view.module.css";
import { Composer, type Opened } from "./composer";
import { keepDraft, NEW, readDraft } from "./drafts";
import { EmptyChat } from "./empty-chat";
import { textOf } from "./messages";
import { useModel } from "./model-picker";
import { usePreset } from "./preset-picker";
import { fromChat, fromPreset, NOTHING, type Selection, same, toRequest } from "./selection";
import { holdSession, type Session } from "./sessions";
import { Transcript } from "./transcript";
import { useStick } from "./use-stick";
import { useTurns } from "./use-turns";

const PreviewPanel = lazy(() => import("./preview-panel"));

/** One chat: what was said above, the composer below, the composed prompt beside. */
export function ChatView({
  session,
  isNew,
  presetId,
}: {
  session: Session;
  isNew: boolean;
  presetId?: string;
}) {
  const navigate = useNavigate();
  const draftKey = isNew ? NEW : session.id;
  const turns = useTurns(session, isNew);
  const model = useModel();
  const input = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(() => readDraft(draftKey));
  const [opened, setOpened] = useState<Opened>(null);
  const [previewing, setPreviewing] = useState(() => read("preview") === "open");

  const kept = turns.chat ? fromChat(turns.chat) : NOTHING;
  const selection = draft.selection ?? kept;
  const preset = usePreset(selection.presetId);
  const asked = usePreset(presetId ?? null);
  const empty = turns.messages.length === 0;
  const stick = useStick(!empty);

  useEffect(() => holdSession(session), [session]);
  useEffect(() => keepDraft(draftKey, draft), [draftKey, draft]);

  // A new chat takes its address once the server has begun to answer: before that there is none.
  useEffect(() => {
    if (!isNew || turns.status !== "streaming") return;
    keepDraft(NEW, { text: "", selection: null });
    void navigate({ to: "/chat/$id", params: { id: session.id }, replace: true });
  }, [isNew, turns.status, navigate, session.id]);

  // "Use in chat" of a preset leads here with its id.
  useEffect(() => {
    if (!asked) return;
    setDraft((before) => ({ ...before, selection: fromPreset(asked) }));
    void navigate({ to: "/", search: {}, replace: true });
  }, [asked, navigate]);

  // What was chosen for the turn is now the chat's own; only a departure from it is worth keeping.
  useEffect(() => {
    setDraft((before) =>
      before.selection && turns.chat && same(before.selection, fromChat(turns.chat))
        ? { ...before, selection: null }
        : before,
    );
  }, [turns.chat]);

  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) input.current?.focus();
  }, []);

  const body = () => ({
    selectedChatModel: model.id,
    ...(draft.selection ? toRequest(selection, preset) : {}),
  });

  function setSelection(next: Selection) {
    setDraft((before) => ({ ...before, selection: next }));
  }

  function send() {
    const text = draft.text.trim();
    if (text === "") return;
    if (!model.id) return setOpened("model");
    void turns.send(text, body());
    setDraft((before) => ({ ...before, text: "" }));
    stick.toEnd();
  }

  function edit() {
    const question = turns.messages.at(-1);
    if (!question) return;
    turns.takeBack();
    setDraft((before) => ({ ...before, text: [textOf(question), before.text].filter(Boolean).join("\n\n") }));
    input.current?.focus();
  }

  function togglePreview() {
    write("preview", previewing ? null : "open");
    setPreviewing(!previewing);
  }

  return (
    <div className={classes.view}>
      <title>{turns.chat && !isNew ? `${turns.chat.title} · Quartet` : "Quartet"}</title>
      <div className={classes.column}>
        {empty ? null : <VisuallyHidden component="h1">{turns.chat?.title ?? "Chat"}</VisuallyHidden>}
        <div ref={stick.box} className={classes.scroll}>
          <div ref={stick.inner} className={empty ? `${classes.inner} ${classes.start}` : classes.inner}>
            {empty ? (
              <EmptyChat selection={selection} onSelection={setSelection} onSlot={setOpened} />
            ) : (
              <Transcript
                turns={turns}
                onAgain={(messageId) => void turns.regenerate(messageId, body())}
                onResend={() => void turns.again(body())}
                onEdit={edit}
              />
            )}
          </div>
        </div>
        <div className={classes.dock}>
          {stick.away ? (
            <Button
              className={classes.toEnd}
              size="xs"
              radius="xl"
              variant="default"
              leftSection={<IconArrowDown size={16} />}
              onClick={stick.toEnd}
            >
              Latest
            </Button>
          ) : null}
          <Composer
            input={input}
            text={draft.text}
            onText={(text) => setDraft((before) => ({ ...before, text }))}
            selection={selection}
            preset={preset}
            onSelection={setSelection}
            model={model.id}
            onModel={model.pick}
            opened={opened}
            onOpened={setOpened}
            previewing={previewing}
            onPreview={togglePreview}
            busy={turns.busy || turns.running}
            onSend={send}
            onStop={turns.stop}
          />
        </div>
      </div>
      {previewing ? (
        <Suspense fallback={null}>
          <PreviewPanel slots={selection.slots} model={model.id} onClose={togglePreview} />
        </Suspense>
      ) : null}
      <Spoken status={turns.status} />
    </div>
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
