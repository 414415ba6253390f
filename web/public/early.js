// What must be settled before the page's own scripts run. A file of its own because the content security
// policy allows no inline scripts.

// The colour scheme, before the first paint; the key is Mantine's.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage can be closed to us: the system's scheme it is.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();

// zod (inside the AI SDK) tries `new Function` once to see whether it may compile; the policy forbids it,
// and the try alone is reported as a violation.
globalThis.__zod_globalConfig = { jitless: true };
