import { ActionIcon, Tooltip } from "@mantine/core";
import { IconThumbDown, IconThumbDownFilled, IconThumbUp, IconThumbUpFilled } from "@tabler/icons-react";

const SIDES = [
  { isUpvoted: true, label: "Good answer", Icon: IconThumbUp, Chosen: IconThumbUpFilled },
  { isUpvoted: false, label: "Bad answer", Icon: IconThumbDown, Chosen: IconThumbDownFilled },
];

/** A vote counts for the answer and for every part of its prompt. It can be changed, not taken back. */
export function Votes(props: { vote: boolean | undefined; onVote: (isUpvoted: boolean) => void }) {
  return SIDES.map(({ isUpvoted, label, Icon, Chosen }) => {
    const chosen = props.vote === isUpvoted;
    return (
      <Tooltip key={label} label={label}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={label}
          aria-pressed={chosen}
          onClick={() => !chosen && props.onVote(isUpvoted)}
        >
          {chosen ? <Chosen size={17} /> : <Icon size={17} />}
        </ActionIcon>
      </Tooltip>
    );
  });
}
