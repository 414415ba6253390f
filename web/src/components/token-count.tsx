import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "@/api/models";
import { previewQuery } from "@/api/preview";
import { plural } from "@/lib/format";
import { EMPTY_SLOTS, type Type } from "@/lib/slots";
import { read } from "@/lib/storage";

export const CONTENT_LIMIT = 5_000;

const countable = (text: string): boolean => text.trim() !== "" && [...text].length <= CONTENT_LIMIT;

/** What a text costs as a part of a prompt, heading included; asked for once the typing pauses. */
export function TokenCount({ type, text, kept }: { type: Type; text: string; kept?: string }) {
  const [typed] = useDebouncedValue(text, 400);
  const models = useQuery(modelsQuery);
  // The tokens are counted for the model that the next chat will speak with.
  const picked = read("model");
  const model =
    picked !== null && models.data?.[picked]?.inPlan
      ? picked
      : Object.entries(models.data ?? {}).find(([, one]) => one.isDefault)?.[0];
  const ready = !models.isPending;
  const now = useQuery({
    ...previewQuery(EMPTY_SLOTS, model, { [type]: typed }),
    enabled: ready && countable(typed),
  });
  const before = useQuery({
    ...previewQuery(EMPTY_SLOTS, model, { [type]: kept ?? "" }),
    enabled: ready && kept !== undefined && kept !== typed && countable(kept),
  });
  const behind = typed !== text || now.isPlaceholderData || now.isFetching;
  const shown = countable(text) ? now.data : undefined;
  const more = shown && before.data && kept !== typed ? shown.tokens - before.data.tokens : 0;
  return (
    <Text size="xs" c="dimmed" aria-busy={behind} style={{ fontVariantNumeric: "tabular-nums" }}>
      {shown ? (
        <>
          {shown.estimate ? "≈ " : ""}
          {plural(shown.tokens, "token")} with its heading
          {more === 0 ? "" : `, ${Math.abs(more)} ${more > 0 ? "more" : "fewer"} than saved`}
        </>
      ) : null}
    </Text>
  );
}
