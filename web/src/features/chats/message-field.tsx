import { Textarea } from "@mantine/core";
import type { KeyboardEvent, RefObject } from "react";
import classes from "./composer.module.css";
import { filesIn, MEDIA_TYPES } from "./pictures";
import { useDrop } from "./use-drop";

/** Where a question is typed, and where pictures are pasted, dropped or, with `chooser`, chosen. */
export function MessageField(props: {
  input: RefObject<HTMLTextAreaElement | null>;
  chooser: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  onFiles: (files: File[]) => void;
}) {
  const { onFiles } = props;
  const over = useDrop((data) => onFiles(filesIn(data)));
  return (
    <>
      <Textarea
        ref={props.input}
        data-over={over || undefined}
        aria-label="Your message"
        placeholder={over ? "Drop the pictures" : "Ask, or “/” for presets and parts"}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={10}
        value={props.text}
        onChange={(event) => props.onText(event.currentTarget.value)}
        onKeyDown={props.onKeyDown}
        onPaste={(event) => {
          const files = filesIn(event.clipboardData);
          if (files.length === 0) return;
          event.preventDefault();
          onFiles(files);
        }}
        classNames={{ input: classes.input }}
      />
      <input
        ref={props.chooser}
        type="file"
        hidden
        multiple
        accept={MEDIA_TYPES.join()}
        aria-label="Pictures"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file may be chosen again after it was removed.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
