import { Button, type ButtonProps } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** Copies a text and says so. Without HTTPS a browser may refuse: then the text is to be selected by hand. */
export function CopyButton({
  text,
  label = "Copy",
  ...rest
}: { text: string; label?: string; autoFocus?: boolean } & ButtonProps) {
  const { copied, copy, error } = useClipboard({ timeout: 2_000 });
  return (
    <Button
      variant="default"
      leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
      {...rest}
      onClick={() => copy(text)}
    >
      <span aria-live="polite">{copied ? "Copied" : error ? "Select it to copy" : label}</span>
    </Button>
  );
}
