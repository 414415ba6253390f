import { TYPE_NAMES, TYPES, type Type } from "@/lib/slots";

export type Command = "preset" | Type | "none" | "compare" | "attach" | "keys";

interface Named {
  value: Command;
  label: string;
  /** Stands in the list also before anything is typed. */
  always: boolean;
}

/** What "/" leads to beside presets and parts; the word itself, typed whole, comes first. */
export const COMMANDS: Named[] = [
  { value: "preset", label: "Choose a preset …", always: false },
  ...TYPES.map((type) => ({
    value: type,
    label: `Choose a ${TYPE_NAMES[type].one.toLowerCase()} …`,
    always: false,
  })),
  { value: "none", label: "None: empty all slots", always: false },
  { value: "compare", label: "Compare two prompts", always: true },
  { value: "attach", label: "Attach pictures", always: true },
  { value: "keys", label: "Keyboard shortcuts", always: true },
];

export interface Search {
  /** Only these are looked for: "style bri" looks for styles that have "bri". */
  only: "preset" | Type | null;
  /** What is left to look for. */
  words: string;
  /** The command whose word stands there, and nothing else. */
  exact: Command | null;
}

/** Reads what is typed after the slash. */
export function readSearch(typed: string): Search {
  const text = typed.trimStart();
  const [, first = "", gap = "", rest = ""] = /^(\p{L}+)(\s*)(.*)$/su.exec(text) ?? [];
  const word = first.toLowerCase();
  const plain = word.replace(/s$/, "");
  const only = (["preset", ...TYPES] as const).find((kind) => kind === plain);
  if (only && gap !== "") return { only, words: rest.trim(), exact: null };
  const exact =
    text.trim() === first ? COMMANDS.find(({ value }) => value === word || value === plain) : undefined;
  return { only: null, words: text.trim(), exact: exact?.value ?? null };
}
