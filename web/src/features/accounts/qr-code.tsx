import { qrCode } from "@/lib/qr";
import classes from "./account.module.css";

// The standard's quiet zone, in modules: without it many readers find nothing.
const QUIET = 4;
// Whole pixels: modules of unequal width are harder to read.
const MODULE_PX = 4;

/** A text as a QR code, dark on light in every colour scheme: few readers take the inverse. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const modules = qrCode(text);
  if (!modules) return null;
  const size = modules.length + 2 * QUIET;
  const path = modules.flatMap((row, down) =>
    row.flatMap((isDark, along) => (isDark ? `M${along + QUIET} ${down + QUIET}h1v1h-1z` : [])),
  );
  return (
    <svg
      className={classes.qr}
      width={size * MODULE_PX}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={path.join("")} fill="#000" />
    </svg>
  );
}
