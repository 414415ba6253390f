import { Kbd, Modal } from "@mantine/core";
import { useOs } from "@mantine/hooks";
import { Fragment } from "react";
import classes from "./keys-help.module.css";

type Keys = [keys: string[], does: string];

const groups = (mod: string, alt: string): { title: string; keys: Keys[] }[] => [
  {
    title: "In the message field",
    keys: [
      [["Enter"], "Send"],
      [["Shift+Enter"], "New line"],
      [["/"], "In an empty field: presets, parts and commands"],
    ],
  },
  {
    title: "After the slash",
    keys: [
      [["role ", "style ", "context ", "mode "], "Then a name: only parts of that type"],
      [["preset "], "Then a name: only presets"],
      [["compare", "attach", "none"], "Compare two prompts, attach pictures, empty all slots"],
    ],
  },
  {
    title: "In a list",
    keys: [
      [["↑", "↓"], "Go through it, round and round"],
      [["Enter", "Tab"], "Take"],
      [["Esc"], "Back to the message; so does Backspace while nothing is typed"],
    ],
  },
  {
    title: "Anywhere in a chat",
    keys: [
      [[`${alt}+1`, `${alt}+2`, `${alt}+3`, `${alt}+4`], "Role, style, context, mode"],
      [[`${alt}+5`, `${alt}+6`, `${alt}+7`, `${alt}+8`], "The same four of prompt B, when two are compared"],
      [[`${alt}+A`, `${alt}+B`], "Pick answer A or answer B"],
      [[`${mod}+K`], "Go to a chat, a preset, a page"],
      [[`${mod}+/`], "These shortcuts"],
    ],
  },
];

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  const isMac = useOs() === "macos";
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="lg">
      {groups(isMac ? "⌘" : "Ctrl", isMac ? "⌥" : "Alt").map(({ title, keys }) => (
        <Fragment key={title}>
          <h3 className={classes.title}>{title}</h3>
          <dl className={classes.keys}>
            {keys.map(([names, does]) => (
              <div key={does}>
                <dt>
                  {names.map((name) => (
                    <Kbd key={name}>{name}</Kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Fragment>
      ))}
    </Modal>
  );
}
