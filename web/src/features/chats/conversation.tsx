import type { Preset } from "@/api/presets";
import { Ending } from "./ending";
import { PendingMarker } from "./pending-marker";
import type { Selection } from "./selection";
import { type Acts, Transcript } from "./transcript";
import type { Turns } from "./use-turns";

/** Everything that a chat shows once it has begun: loaded in one piece, so that none is missing when the line breaks. */
export default function Conversation(props: {
  chatId: string;
  turns: Turns;
  votes: ReadonlyMap<string, boolean>;
  acts: Acts;
  onEdit: () => void;
  /** What the next answer will be made with; null where that is not the matter now. */
  next: { selection: Selection; preset: Preset | undefined } | null;
}) {
  const { turns, acts, next } = props;
  // A line that broke says nothing of the answer: it goes on, and has not ended before it is heard.
  const unfinished = turns.busy || turns.reconnecting;
  return (
    <Transcript
      chatId={props.chatId}
      messages={turns.messages}
      streaming={unfinished}
      live={!turns.resumed}
      votes={props.votes}
      acts={acts}
    >
      <Ending turns={turns} onAgain={acts.again} onEdit={props.onEdit} />
      {next && !unfinished && !turns.running ? <PendingMarker messages={turns.messages} {...next} /> : null}
    </Transcript>
  );
}
