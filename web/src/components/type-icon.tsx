import { IconBooks, IconFeather, IconRoute, IconUserCircle } from "@tabler/icons-react";
import type { Type } from "@/lib/slots";

const ICONS = { role: IconUserCircle, style: IconFeather, context: IconBooks, mode: IconRoute };

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
