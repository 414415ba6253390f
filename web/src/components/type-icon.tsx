import { IconAdjustmentsHorizontal, IconFileText, IconPalette, IconUserCircle } from "@tabler/icons-react";
import type { Type } from "@/lib/slots";

const ICONS = {
  role: IconUserCircle,
  style: IconPalette,
  context: IconFileText,
  mode: IconAdjustmentsHorizontal,
};

/** The sign of a type, in its colour. */
export function TypeIcon({ type, size = 16 }: { type: Type; size?: number }) {
  const Icon = ICONS[type];
  return (
    <Icon
      data-type={type}
      size={size}
      stroke={1.8}
      color="var(--type)"
      aria-hidden="true"
      style={{ flexShrink: 0 }}
    />
  );
}
