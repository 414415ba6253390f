import { expect, test } from "vitest";
import {
  fromChat,
  fromPreset,
  isDirty,
  isFree,
  NOTHING,
  same,
  toRequest,
  withSlot,
} from "@/features/chats/selection";
import { aPreset } from "../../make";

const preset = aPreset("p", { role: "tutor", style: "brief" });

test("a preset fills its slots and is clean", () => {
  const selection = fromPreset(preset);
  expect(selection.slots).toEqual({ roleId: "tutor", styleId: "brief", contextId: null, modeId: null });
  expect(isDirty(selection, preset)).toBe(false);
  expect(toRequest(selection, preset)).toEqual({ presetId: "p", components: {} });
});

test("a departure from the preset is dirty, and only it is sent", () => {
  const mixed = withSlot(withSlot(fromPreset(preset), "style", null), "mode", "ask");
  expect(isDirty(mixed, preset)).toBe(true);
  expect(toRequest(mixed, preset)).toEqual({ presetId: "p", components: { styleId: null, modeId: "ask" } });
});

test("coming back to the preset's own part is clean again", () => {
  const back = withSlot(withSlot(fromPreset(preset), "role", "other"), "role", "tutor");
  expect(isDirty(back, preset)).toBe(false);
});

test("a free mix names its parts and no preset", () => {
  const mix = withSlot(NOTHING, "context", "work");
  expect(isFree(mix)).toBe(true);
  expect(toRequest(mix, undefined)).toEqual({ presetId: null, components: { contextId: "work" } });
});

test("emptying everything says so", () => {
  expect(isFree(NOTHING)).toBe(false);
  expect(toRequest(NOTHING, undefined)).toEqual({ presetId: null, components: {} });
});

test("without the preset at hand every slot is named", () => {
  expect(toRequest(fromPreset(preset), undefined).components).toEqual({
    roleId: "tutor",
    styleId: "brief",
    contextId: null,
    modeId: null,
  });
});

test("a chat's own selection is its slots as they are", () => {
  const prompt = {
    presetId: "p",
    presetName: "P",
    changedComponents: ["style" as const],
    components: { roleId: "tutor", styleId: null },
  };
  const kept = fromChat({ prompt });
  expect(
    same(kept, { presetId: "p", slots: { roleId: "tutor", styleId: null, contextId: null, modeId: null } }),
  ).toBe(true);
  expect(isDirty(kept, preset)).toBe(true);
  expect(fromChat({ prompt: null })).toEqual(NOTHING);
});
