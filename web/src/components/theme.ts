import { createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e9f4f2",
  "#d3e8e5",
  "#a6d1cb",
  "#76bab1",
  "#52a79d",
  "#319085",
  "#177d73",
  "#0f6d65",
  "#0b5b54",
  "#074843",
];

const paper: MantineColorsTuple = [
  "#f6f4ef",
  "#eeebe4",
  "#e3dfd6",
  "#d6d1c6",
  "#c0bbb0",
  "#948f86",
  "#716d66",
  "#57544e",
  "#3a3834",
  "#22211f",
];

const slate: MantineColorsTuple = [
  "#e6e4df",
  "#cbc9c4",
  "#a9aaab",
  "#7f8286",
  "#3d4147",
  "#2d3136",
  "#222529",
  "#181a1d",
  "#121416",
  "#0d0e10",
];

const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
const mono = 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/**
 * Locking the scroll puts a <style> element on the page, which the content security policy refuses. Nothing is lost:
 * the page itself never scrolls, only boxes in it, and those lie behind the overlay.
 */
const lockScroll = false;

const danger: MantineColorsTuple = [
  "#fdeeec",
  "#f9d9d5",
  "#f4b1aa",
  "#ff9a8f",
  "#e8685c",
  "#dc4a3d",
  "#c4342a",
  "#b3261e",
  "#951d16",
  "#7a150f",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, danger, gray: paper, dark: slate },
  black: "#22211f",
  fontFamily: sans,
  fontFamilyMonospace: mono,
  headings: { fontFamily: sans, fontWeight: "620" },
  defaultRadius: "md",
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "18px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        lockScroll,
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Drawer: {
      defaultProps: {
        lockScroll,
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    DrawerRoot: { defaultProps: { lockScroll } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, fz: "xs" } },
    Button: { styles: { root: { fontWeight: 560 } } },
    Skeleton: { defaultProps: { radius: "md" } },
  },
});
