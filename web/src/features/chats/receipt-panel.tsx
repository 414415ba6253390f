import { Button, Drawer, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { chatQuery, type PromptOfAnswer, promptOfQuery, useChoosePrompt } from "@/api/chats";
import { explain, isRefusal } from "@/api/client";
import { presetQuery } from "@/api/presets";
import { ErrorState } from "@/components/states";
import { type Message, type Receipt, usageOf } from "./messages";
import { ReceiptFigures } from "./receipt-figures";
import classes from "./receipt-panel.module.css";
import { ReceiptParts } from "./receipt-parts";
import { ReceiptText } from "./receipt-text";
import { fromChat, same } from "./selection";
import { setupOf } from "./setup";
import { useOpened } from "./use-opened";

/** Which prompt said this: to the letter, whatever became of its parts, and how it differs from the one before. */
export default function ReceiptPanel(props: {
  chatId: string;
  message: Message;
  /** The receipt of the answer before. */
  before: Receipt | undefined;
  opened: boolean;
  onClose: () => void;
  /** The chat speaks with it again. */
  onUsed: () => void;
}) {
  const { message } = props;
  const opened = useOpened(props.opened);
  const prompt = useQuery({ ...promptOfQuery(message.id), enabled: props.opened });
  return (
    <Drawer
      opened={opened}
      onClose={props.onClose}
      position="right"
      size={460}
      title="Which prompt said this?"
    >
      {prompt.data ? (
        <>
          <ReceiptParts prompt={prompt.data} />
          <UseAgain {...props} prompt={prompt.data} />
          <ReceiptText prompt={prompt.data} isFirst={props.before === undefined} />
        </>
      ) : prompt.error ? (
        <ErrorState
          title="The prompt did not load"
          error={prompt.error}
          retry={isRefusal(prompt.error, 404) ? undefined : () => void prompt.refetch()}
        />
      ) : (
        <div role="status" aria-label="Loading the prompt">
          <Skeleton h={88} mb="md" />
          <Skeleton h={160} />
        </div>
      )}
      <ReceiptFigures usage={usageOf(message)} promptTokens={prompt.data?.receipt.tokens} />
    </Drawer>
  );
}

function UseAgain(props: {
  chatId: string;
  prompt: PromptOfAnswer;
  onClose: () => void;
  onUsed: () => void;
}) {
  const { receipt, parts } = props.prompt;
  const choose = useChoosePrompt(props.chatId);
  const chat = useQuery(chatQuery(props.chatId));
  const preset = useQuery({ ...presetQuery(receipt.presetId ?? ""), enabled: receipt.presetId !== null });
  const setup = setupOf(props.prompt, preset.data !== undefined);
  const gone = parts.filter((part) => part.versionNow === null);
  const changed = parts.some((part) => part.versionNow !== null && part.versionNow !== part.version);
  const waiting = receipt.presetId !== null && preset.isPending;
  const isNow = chat.data !== undefined && same(fromChat(chat.data), setup);

  function use() {
    choose.mutate(
      { presetId: setup.presetId, components: setup.slots },
      {
        onSuccess: ({ presetName }) => {
          props.onUsed();
          props.onClose();
          notifications.show({ message: `The next answer is made with this again: ${presetName}.` });
        },
      },
    );
  }

  if (isNow) return <p className={classes.now}>This is what the chat speaks with now.</p>;
  if (parts.length > 0 && gone.length === parts.length)
    return <p className={classes.now}>Nothing of it is in your library any more.</p>;
  return (
    <div className={classes.again}>
      <Button size="sm" variant="default" loading={choose.isPending || waiting} onClick={use}>
        {gone.length > 0 ? "Use the rest again" : "Use this again"}
      </Button>
      <span className={classes.note}>{changed ? "With the parts as they are now." : null}</span>
      {choose.error ? (
        <p className={classes.trouble} role="alert">
          {explain(choose.error)}
        </p>
      ) : null}
    </div>
  );
}
