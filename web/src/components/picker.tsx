import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { soon } from "@/lib/soon";
import { later } from "./later";

export interface PickerOption {
  value: string;
  label: string;
  detail?: string;
  hint?: string;
  icon?: ReactNode;
  disabled?: boolean;
  /** The detail may take more than one line. */
  roomy?: boolean;
}

export interface PickerGroup {
  label?: string;
  options: PickerOption[];
}

export interface PickerProps {
  /** What is picked, for the search field and the list. */
  label: string;
  groups: PickerGroup[];
  /** Stand under the list whatever the search: "New role …". */
  actions?: PickerOption[];
  value?: string | null;
  onPick: (value: string, search: string) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  /** Where the focus goes on closing; the target otherwise. */
  onLeave?: () => void;
  /** Given: the list is already searched, by the server. */
  onSearch?: (search: string) => void;
  /** Hands over what was typed for the list before it had come. */
  takeTyped?: () => string;
  loading?: boolean;
  empty?: string;
  /** Why there is no list: stands where "nothing fits" would mislead. */
  trouble?: string;
  note?: ReactNode;
  width?: number | "target";
  position?: "top-start" | "top-end" | "bottom-start";
  target: ReactElement<Record<string, unknown>>;
}

const PickerList = later(() => import("./picker-list"));

/**
 * One search field over one list of choices, opened from any button: the pattern of every picker here. The page can be
 * used before the list has come; it is fetched as soon as the page stands, to be there when it is opened.
 */
export function Picker(props: PickerProps) {
  const [wanted, setWanted] = useState(props.opened);
  if (props.opened && !wanted) setWanted(true);
  useEffect(() => soon(PickerList.preload), []);
  return wanted ? <PickerList {...props} meanwhile={props.target} /> : props.target;
}
