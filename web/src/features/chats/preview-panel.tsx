import { CloseButton, Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { PromptPreview } from "@/components/prompt-preview";
import type { Slots } from "@/lib/slots";
import classes from "./chat-view.module.css";

/** Beside the chat where there is room, so that slots can be changed while looking; else over it. */
export default function PreviewPanel(props: {
  slots: Slots;
  model: string | undefined;
  onClose: () => void;
}) {
  const wide = useMediaQuery("(min-width: 1120px)", undefined, { getInitialValueInEffect: false });
  const preview = <PromptPreview slots={props.slots} model={props.model} />;
  if (!wide) {
    return (
      <Drawer opened onClose={props.onClose} position="right" size={400} title="System prompt">
        {preview}
      </Drawer>
    );
  }
  return (
    <aside className={classes.panel} aria-label="System prompt">
      <div className={classes.panelHead}>
        <h2>System prompt</h2>
        <CloseButton aria-label="Close the preview" onClick={props.onClose} />
      </div>
      {preview}
    </aside>
  );
}
