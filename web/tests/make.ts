import type { Component } from "@/api/components";
import type { Preset } from "@/api/presets";
import { TYPES, type Type } from "@/lib/slots";

const WHEN = "2026-03-01T10:00:00Z";

export function aComponent(given: Partial<Component> & { id: string; type: Type }): Component {
  return {
    userId: "u",
    name: given.id,
    content: `You are ${given.id}.`,
    description: "",
    tags: [],
    usageCount: 0,
    version: 1,
    createdAt: WHEN,
    updatedAt: WHEN,
    ...given,
  };
}

/** A preset with the named components in their slots. */
export function aPreset(
  id: string,
  parts: Partial<Record<Type, string>>,
  given: Partial<Preset> = {},
): Preset {
  const slots = Object.fromEntries(
    TYPES.flatMap((type) => {
      const part = parts[type];
      return [
        [`${type}Id`, part ?? null],
        [type, part ? aComponent({ id: part, type }) : null],
      ];
    }),
  );
  return {
    id,
    userId: "u",
    name: id,
    description: "",
    isIncomplete: false,
    missing: [],
    lost: [],
    usageCount: 0,
    lastUsedAt: null,
    createdAt: WHEN,
    updatedAt: WHEN,
    ...slots,
    ...given,
  } as Preset;
}
