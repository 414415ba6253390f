import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useVote, votesQuery } from "@/api/chats";
import { explain } from "@/api/client";

/** The votes in one's own chat, by message: true is up. `kept`: the server knows the chat. */
export function useVotes(chatId: string, kept: boolean) {
  const { data } = useQuery({ ...votesQuery(chatId), enabled: kept });
  const { mutate } = useVote(chatId);
  const votes = useMemo(() => new Map((data ?? []).map((vote) => [vote.messageId, vote.isUpvoted])), [data]);
  const vote = (messageId: string, isUpvoted: boolean) =>
    mutate(
      { messageId, isUpvoted },
      { onError: (error) => notifications.show({ message: `Your vote was not kept. ${explain(error)}` }) },
    );
  return { votes, vote };
}
