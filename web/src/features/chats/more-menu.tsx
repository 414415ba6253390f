import { ActionIcon, Menu } from "@mantine/core";
import { IconColumns2, IconKeyboard, IconPhoto, IconPlus } from "@tabler/icons-react";
import type { Command } from "./commands";
import classes from "./tool-row.module.css";

const ICON = { size: 18, stroke: 1.7, "aria-hidden": true } as const;

/** What else can be done with a question than asking it. */
export function MoreMenu(props: {
  /** Why no picture can be attached; choosing it then leads to the models. */
  blind: string | null;
  comparing: boolean;
  /** Two answers wait for a pick: they come first. */
  picking: boolean;
  onCommand: (command: Command) => void;
  /** Takes the focus back to the message, at once. */
  onLeave: () => void;
}) {
  // In the next task: until then a closing menu would take the focus back from what is opened here.
  const then = (command: Command) => () => {
    setTimeout(() => {
      props.onLeave();
      props.onCommand(command);
    });
  };
  return (
    <Menu
      position="top-start"
      width={330}
      shadow="md"
      withInitialFocusPlaceholder={false}
      classNames={{ item: classes.item }}
    >
      <Menu.Target>
        <ActionIcon
          className={classes.more}
          size={32}
          radius="xl"
          variant="subtle"
          color="gray"
          aria-label="Attach, compare, shortcuts"
        >
          <IconPlus size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPhoto {...ICON} />} onClick={then("attach")}>
          Attach pictures
          <span className={classes.why}>{props.blind ?? "PNG or JPEG up to 5 MB; or paste or drop"}</span>
        </Menu.Item>
        <Menu.Item
          leftSection={<IconColumns2 {...ICON} />}
          disabled={props.picking}
          onClick={then("compare")}
        >
          {props.comparing ? "Ask one prompt only" : "Compare two prompts"}
          <span className={classes.why}>
            {props.comparing ? "Leaves the comparison" : "One question, two answers side by side"}
          </span>
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard {...ICON} />} onClick={then("keys")}>
          Keyboard shortcuts
          <span className={classes.why}>All of this without a mouse</span>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
