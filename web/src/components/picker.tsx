import { useEffect, useState } from "react";
import { soon } from "@/lib/soon";
import { later } from "./later";
import type { PickerProps } from "./picker-list";

export type { PickerGroup, PickerOption } from "./picker-list";

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
