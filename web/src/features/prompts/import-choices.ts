import type {
  DocumentComponent,
  DocumentPreset,
  ImportItem,
  ImportPlan,
  PromptDocument,
} from "@/api/exchange";
import { slotKey, TYPE_NAMES, TYPES, type Type } from "@/lib/slots";

/** What the person changed about one item of a plan. */
export interface Edit {
  on?: boolean;
  name?: string;
  type?: Type;
}

export type Edits = Record<string, Edit>;

/** One item of a plan, as it would be imported now. */
export interface Line {
  id: string;
  item: ImportItem;
  on: boolean;
  name: string;
  /** Null: a preset. */
  type: Type | null;
  text: string;
  /** What a preset is made of. */
  parts: Line[];
  /** What the person has that is the same; what was changed since is not. */
  duplicateOf: ImportItem["duplicateOf"];
  /** Why it will be left out although it is chosen. */
  fails: string | null;
  tooMany: boolean;
}

const NO_REMARK = { guessed: false, duplicateOf: null, notes: [], refused: null };

/** The items in the file's order: components, then presets. The server goes by the same order where room ends. */
export function linesOf(plan: ImportPlan, edits: Edits): Line[] {
  const items = new Map(plan.items.map((item) => [item.id, item]));

  function line(of: DocumentComponent | DocumentPreset, rest: Partial<Line>): Line {
    const item = items.get(of.id) ?? { id: of.id, ...NO_REMARK };
    const edit = edits[of.id];
    const name = edit?.name ?? of.name;
    return {
      id: of.id,
      item,
      on: item.refused === null && (edit?.on ?? true),
      name,
      type: null,
      text: of.description ?? "",
      parts: [],
      duplicateOf: name.trim() === of.name ? item.duplicateOf : null,
      fails: null,
      tooMany: false,
      ...rest,
    };
  }

  const components = plan.document.components.map((component) => {
    const type = edits[component.id]?.type ?? component.type;
    const made = line(component, { type, text: component.content });
    return type === component.type ? made : { ...made, duplicateOf: null };
  });
  ration(components, plan.room.components);

  const byId = new Map(components.map((component) => [component.id, component]));
  const presets = plan.document.presets.map((preset) => {
    const parts = TYPES.flatMap((type) => byId.get(preset[slotKey(type)] ?? "") ?? []);
    const made = line(preset, { parts });
    const same = parts.every((part) => part.on && part.duplicateOf);
    return {
      ...made,
      duplicateOf: same ? made.duplicateOf : null,
      fails: made.on ? fault(parts, preset.lost.length > 0) : null,
    };
  });
  ration(presets, plan.room.presets);
  return [...components, ...presets];
}

/** Marks those that the plan has no room for. */
function ration(lines: Line[], room: number | null) {
  let made = 0;
  for (const line of lines) {
    if (!line.on || line.duplicateOf || line.fails) continue;
    made += 1;
    if (room === null || made <= room) continue;
    line.tooMany = true;
    line.fails = "There is no room for it in your plan.";
  }
}

/** Why a preset of these parts will not be made. Parts that are left out on purpose leave their slots empty. */
function fault(parts: Line[], lostSome: boolean): string | null {
  const chosen = parts.filter((part) => part.on);
  if (chosen.length === 0 && !lostSome) return "None of its parts is chosen.";
  const without = chosen.find((part) => part.fails);
  if (without) return `It needs “${without.name}”, which is not imported.`;
  const twice = TYPES.find((type) => chosen.filter((part) => part.type === type).length > 1);
  return twice ? `It would have more than one ${TYPE_NAMES[twice].one.toLowerCase()}.` : null;
}

/** The document to send: what is chosen, as it was changed. */
export function documentOf(plan: ImportPlan, lines: Line[]): PromptDocument {
  const chosen = new Map(lines.filter((line) => line.on).map((line) => [line.id, line]));
  const kept = (id: string | null) => (id !== null && chosen.has(id) ? id : null);
  return {
    ...plan.document,
    components: plan.document.components.flatMap((component) => {
      const line = chosen.get(component.id);
      return line?.type ? [{ ...component, name: line.name.trim(), type: line.type }] : [];
    }),
    presets: plan.document.presets.flatMap((preset) => {
      const line = chosen.get(preset.id);
      if (!line) return [];
      const slots = Object.fromEntries(TYPES.map((type) => [slotKey(type), kept(preset[slotKey(type)])]));
      return [{ ...preset, ...slots, name: line.name.trim() }];
    }),
  };
}

export const SHOWN = {
  all: { label: "Everything", fits: () => true },
  guessed: { label: "Type was guessed", fits: (line: Line) => line.type !== null && line.item.guessed },
  presets: { label: "Presets", fits: (line: Line) => line.type === null },
  have: { label: "You have it already", fits: (line: Line) => line.duplicateOf !== null },
  notes: { label: "With a note", fits: (line: Line) => line.item.notes.length > 0 },
  fails: { label: "Will be left out", fits: (line: Line) => line.fails !== null },
  refused: { label: "Cannot be imported", fits: (line: Line) => line.item.refused !== null },
};

export type Shown = keyof typeof SHOWN;

export const isNameless = (line: Line): boolean => line.on && line.name.trim() === "";
