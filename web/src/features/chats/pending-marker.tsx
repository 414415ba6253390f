import { useQueries } from "@tanstack/react-query";
import { componentQuery } from "@/api/components";
import type { Preset } from "@/api/presets";
import { slotKey, TYPES } from "@/lib/slots";
import { Marker } from "./marker";
import { type Message, promptChanges, receiptOf } from "./messages";
import type { Selection } from "./selection";

/** At the end of a transcript: how the next answer will be made otherwise than the last one. */
export function PendingMarker(props: {
  messages: Message[];
  selection: Selection;
  preset: Preset | undefined;
}) {
  const { messages, selection, preset } = props;
  const last = messages.findLast((message) => receiptOf(message) !== undefined);
  const parts = useQueries({
    queries: TYPES.flatMap((type) => {
      const id = selection.slots[slotKey(type)];
      return id === null ? [] : [componentQuery(id)];
    }),
  });
  const known = parts.every((part) => part.data) && (selection.presetId === null || preset !== undefined);
  if (!last || !known) return null;
  const changes = promptChanges(receiptOf(last), {
    presetId: selection.presetId,
    presetName: preset?.name ?? null,
    components: parts.flatMap(({ data }) =>
      data ? [{ id: data.id, type: data.type, name: data.name }] : [],
    ),
  });
  return <Marker changes={changes} pending />;
}
