/** The four types, in composing order. */
export const TYPES = ["role", "style", "context", "mode"] as const;
export type Type = (typeof TYPES)[number];
export type SlotKey = `${Type}Id`;

/** A component id or nothing, for each of the four slots. */
export type Slots = Record<SlotKey, string | null>;

export const EMPTY_SLOTS: Slots = { roleId: null, styleId: null, contextId: null, modeId: null };

export const slotKey = (type: Type): SlotKey => `${type}Id`;

export const TYPE_NAMES: Record<Type, { one: string; many: string; hint: string }> = {
  role: { one: "Role", many: "Roles", hint: "Who answers: a tutor, a reviewer, a travel agent." },
  style: { one: "Style", many: "Styles", hint: "How it sounds: brief, formal, with examples." },
  context: { one: "Context", many: "Contexts", hint: "What it should know about you and your work." },
  mode: { one: "Mode", many: "Modes", hint: "How it works: ask first, step by step, only code." },
};

export function isType(value: unknown): value is Type {
  return TYPES.includes(value as Type);
}

export function pickSlots(from: Slots): Slots {
  return { roleId: from.roleId, styleId: from.styleId, contextId: from.contextId, modeId: from.modeId };
}

export function sameSlots(a: Slots, b: Slots): boolean {
  return TYPES.every((type) => a[slotKey(type)] === b[slotKey(type)]);
}

export function isEmpty(slots: Slots): boolean {
  return sameSlots(slots, EMPTY_SLOTS);
}
