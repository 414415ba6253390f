import { CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import { previewQuery } from "@/api/preview";
import { plural } from "@/lib/format";
import { usePreset } from "./preset-picker";
import { PromptChips } from "./prompt-chips";
import classes from "./sides.module.css";

type Chips = Omit<ComponentProps<typeof PromptChips>, "label">;

/** The two prompts that the next question goes to, A as the chat has it and B beside it. */
export default function Sides(props: {
  a: Chips;
  b: Omit<Chips, "preset">;
  /** They say the same. */
  alike: boolean;
  model: string | undefined;
  onClose: () => void;
}) {
  const preset = usePreset(props.b.selection.presetId);
  return (
    <div className={classes.sides}>
      <div className={classes.head}>
        <p role="status">
          {props.alike
            ? "A and B are the same so far: change a preset or a part of one."
            : "One question, two answers side by side; then you pick the better one."}
        </p>
        <CloseButton size={24} aria-label="Do not compare" onClick={props.onClose} />
      </div>
      <Side name="A" chips={props.a} model={props.model} />
      <Side name="B" chips={{ ...props.b, preset }} model={props.model} />
    </div>
  );
}

function Side({ name, chips, model }: { name: "A" | "B"; chips: Chips; model: string | undefined }) {
  const { data } = useQuery(previewQuery(chips.selection.slots, model));
  return (
    <div className={classes.side}>
      <span className={classes.name} aria-hidden="true">
        {name}
      </span>
      <PromptChips {...chips} label={`Prompt ${name}`} />
      <span className={classes.tokens} title="What this prompt costs with every question">
        {data ? `${data.estimate ? "≈ " : ""}${plural(data.tokens, "token")}` : ""}
      </span>
    </div>
  );
}
