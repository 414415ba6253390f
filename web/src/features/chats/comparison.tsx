import { Button } from "@mantine/core";
import { useHotkeys, useOs } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { stopAnswer } from "@/api/chats";
import { explain } from "@/api/client";
import { type Candidate, type Comparison, compare, pickAnswer } from "@/api/comparisons";
import { Candidate as Column, isPickable } from "./candidate";
import classes from "./comparison.module.css";
import { tellOtherTabs } from "./other-tabs";

const NAMES = { left: "A", right: "B" } as const;

/** Two answers to the last question, side by side, until one of them is picked. */
export default function ComparisonView(props: {
  comparison: Comparison;
  /** The model that is asked again. */
  model: string | undefined;
  /** The chat has more, or something else, than this page knows. */
  onChanged: () => Promise<unknown>;
  /** One of them stays: the chat goes on with its prompt. */
  onPicked: () => void;
  /** Answer the question as any other, with the prompt that is chosen now. */
  onNeither: () => void;
}) {
  const { comparison, onChanged } = props;
  const { sides, chatId } = comparison;
  const [left, right] = sides;
  const running = sides.some((side) => side.parts === null);

  const pick = useMutation({
    networkMode: "always",
    mutationFn: async (side: Candidate) => {
      // Whoever has read enough need not wait for the other.
      if (running) await stopAnswer(chatId);
      await pickAnswer(comparison.id, side.messageId);
      tellOtherTabs(chatId);
      await onChanged();
    },
    onSuccess: (_, side) => {
      notifications.show({ message: `Answer ${NAMES[side.side]} stays. The chat goes on with its prompt.` });
      props.onPicked();
    },
    onError: () => void onChanged().catch(() => {}),
  });
  const again = useMutation({
    networkMode: "always",
    mutationFn: async () => {
      const choice = ({ presetId, slots }: Candidate) => ({ presetId, components: slots });
      if (!left || !right) return;
      await compare({
        id: chatId,
        selectedChatModel: props.model,
        selectedVisibilityType: "private",
        left: choice(left),
        right: choice(right),
      });
      await onChanged();
    },
  });
  const busy = pick.isPending || again.isPending;
  const trouble = pick.error ?? again.error;

  function take(side: Candidate | undefined) {
    if (side && !busy && isPickable(side)) pick.mutate(side);
  }
  // On a Mac, Option and a letter make another letter: there it is the place of the key that counts.
  const usePhysicalKeys = useOs() === "macos";
  useHotkeys(
    [
      ["alt+A", () => take(left), { usePhysicalKeys }],
      ["alt+B", () => take(right), { usePhysicalKeys }],
    ],
    [],
  );

  return (
    <section className={classes.comparison} aria-label="Two answers to compare" data-comparison>
      <div className={classes.head}>
        <p role="status">
          {running
            ? "Two answers are being written."
            : sides.some(isPickable)
              ? "Both answers are here: pick the better one."
              : "There is no answer to pick."}
        </p>
        <p>
          The one you pick stays, the chat goes on with its prompt, and the parts in which the two differ get
          your vote. The other one leaves the chat.
        </p>
      </div>
      <div className={classes.columns}>
        {sides.map((side) => (
          <Column key={side.messageId} name={NAMES[side.side]} side={side} chatId={chatId} />
        ))}
      </div>
      <div className={classes.picks}>
        {sides.map((side) => {
          const name = NAMES[side.side];
          return (
            <Button
              key={side.messageId}
              variant="default"
              className={classes.pick}
              aria-keyshortcuts={`Alt+${name}`}
              title={`Alt+${name}`}
              loading={pick.isPending && pick.variables.messageId === side.messageId}
              disabled={!isPickable(side) || busy}
              onClick={() => take(side)}
            >
              {name} is better
            </Button>
          );
        })}
      </div>
      {running ? null : (
        <div className={classes.others}>
          <Button
            size="xs"
            variant="subtle"
            loading={again.isPending}
            disabled={busy}
            onClick={() => again.mutate()}
          >
            Compare again
          </Button>
          <Button size="xs" variant="subtle" disabled={busy} onClick={props.onNeither}>
            Neither: answer once more
          </Button>
        </div>
      )}
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {explain(trouble)}
        </p>
      ) : null}
    </section>
  );
}
