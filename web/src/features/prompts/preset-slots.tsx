import { VisuallyHidden } from "@mantine/core";
import { type DragEvent, useState } from "react";
import type { Component } from "@/api/components";
import { SlotPicker } from "@/components/slot-picker";
import { type Slots, slotKey, TYPES, type Type } from "@/lib/slots";
import { PartPalette } from "./part-palette";
import classes from "./preset-editor.module.css";

/** The four slots, each a list to pick from, and beside them the library to drag from. */
export function PresetSlots(props: {
  slots: Slots;
  lost: Type[];
  onChoose: (type: Type, id: string | null) => void;
  opened: Type | null;
  onOpened: (type: Type | null) => void;
  /** What the server said against a slot. */
  errors: Partial<Record<Type, string>>;
}) {
  const { slots, opened } = props;
  const [dragged, setDragged] = useState<Component | null>(null);
  const [said, setSaid] = useState("");

  function put(component: Component) {
    const taken = slots[slotKey(component.type)] === component.id;
    props.onChoose(component.type, taken ? null : component.id);
    setSaid(
      taken ? `The ${component.type} is empty now.` : `The ${component.type} is ${component.name} now.`,
    );
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    if (dragged && slots[slotKey(dragged.type)] !== dragged.id) put(dragged);
    setDragged(null);
  }

  return (
    <fieldset className={classes.parts}>
      <legend>Parts</legend>
      <div
        className={classes.slots}
        role="group"
        aria-label="Slots"
        // A part has one slot only: wherever among them it is dropped, it goes there.
        onDragOver={(event) => dragged && event.preventDefault()}
        onDrop={drop}
      >
        {TYPES.map((type) => (
          <div key={type} className={classes.slot} data-type={type} data-target={target(type, dragged)}>
            <SlotPicker
              look="field"
              type={type}
              value={slots[slotKey(type)]}
              lost={props.lost.includes(type)}
              onChange={(id) => props.onChoose(type, id)}
              opened={opened === type}
              onOpened={(open) => props.onOpened(open ? type : null)}
            />
            {props.errors[type] ? (
              <p className={classes.trouble} role="alert">
                {props.errors[type]}
              </p>
            ) : null}
          </div>
        ))}
      </div>
      <PartPalette slots={slots} onPut={put} onDrag={setDragged} />
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </fieldset>
  );
}

function target(type: Type, dragged: Component | null): "yes" | "no" | undefined {
  if (!dragged) return undefined;
  return dragged.type === type ? "yes" : "no";
}
