import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";

export function Copy({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useClipboard();
  return (
    <Tooltip label={copied ? "Copied" : "Copy"}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={copied ? "Copied" : label}
        onClick={() => copy(text)}
      >
        {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}
