import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

configure({
  // CI machines are slow; a test that would pass still passes at once.
  asyncUtilTimeout: 8_000,
  // The whole document in every failure hides what failed.
  getElementError: (message) => new Error((message ?? "").split("Ignored nodes")[0]?.slice(0, 600)),
});

// What jsdom lacks and Mantine asks for.
window.matchMedia = (query: string) => ({
  matches: query.includes("min-width") || query.includes("hover"),
  media: query,
  onchange: null,
  addListener: () => {},
  removeListener: () => {},
  addEventListener: () => {},
  removeEventListener: () => {},
  dispatchEvent: () => false,
});
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
window.IntersectionObserver = class {
  root = null;
  rootMargin = "";
  scrollMargin = "";
  thresholds = [];
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
} as unknown as typeof IntersectionObserver;
Element.prototype.scrollIntoView = () => {};
Element.prototype.scrollTo = () => {};
Object.defineProperty(document, "fonts", { value: new EventTarget() });
HTMLCanvasElement.prototype.getContext = () => null;
window.scrollTo = () => {};

afterEach(() => {
  vi.useRealTimers();
  cleanup();
  localStorage.clear();
});
