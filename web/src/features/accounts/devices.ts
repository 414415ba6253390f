// In this order: each of these names itself beside those that follow.
const BROWSERS: [string, RegExp][] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ["Safari", /\bSafari\//],
];
const SYSTEMS: [string, RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Windows", /\bWindows\b/],
  ["Mac", /\bMac(?:intosh| OS)\b/],
  ["Linux", /\bLinux\b/],
];

/** What a browser says it is, in words: "Firefox on Linux"; of a program its name. */
export function deviceOf(userAgent: string | null): string {
  const agent = userAgent ?? "";
  const named = (list: [string, RegExp][]) => list.find(([, sign]) => sign.test(agent))?.[0];
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return agent.split(/[/ ]/, 1)[0]?.slice(0, 40) || "An unknown browser";
}
