import { TextInput } from "@mantine/core";
import classes from "./code-field.module.css";

const KINDS = {
  app: { label: "Code", description: "Six digits from your authenticator app" },
  recovery: { label: "Recovery code", description: "Each works once" },
  either: { label: "Code", description: "From your authenticator app, or a recovery code" },
};

/** A code of the second factor. `onComplete` hears the six digits of an app as soon as they are there. */
export function CodeField(props: {
  kind: keyof typeof KINDS;
  value: string;
  error?: string;
  autoFocus?: boolean;
  onChange: (code: string) => void;
  onComplete?: (code: string) => void;
}) {
  const { kind, onComplete } = props;
  return (
    <TextInput
      {...KINDS[kind]}
      classNames={{ input: classes.code }}
      inputMode={kind === "app" ? "numeric" : "text"}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      autoFocus={props.autoFocus}
      data-autofocus={props.autoFocus}
      value={props.value}
      error={props.error}
      onChange={({ currentTarget: { value } }) => {
        props.onChange(value);
        if (kind === "app" && /^\d{6}$/.test(value.replaceAll(" ", ""))) onComplete?.(value);
      }}
    />
  );
}
