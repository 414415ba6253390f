import type { ComponentValues } from "@/components/component-form";
import type { Type } from "@/lib/slots";

/** One of each type, to show what it is and to begin from. */
export const EXAMPLES: Record<Type, ComponentValues> = {
  role: {
    name: "Patient tutor",
    content:
      "You are a patient tutor. Explain one idea at a time, in plain words, and check that I have understood it before you go on.",
    description: "",
    tags: [],
  },
  style: {
    name: "Short and plain",
    content: "Put the answer first, then the reasons. Keep every sentence under 20 words. Use no jargon.",
    description: "",
    tags: [],
  },
  context: {
    name: "Our bakery",
    content:
      "We are a bakery of six people in Ghent. We sell bread and cakes, over the counter and to four restaurants. Most customers speak Dutch.",
    description: "",
    tags: [],
  },
  mode: {
    name: "Ask first",
    content:
      "Before you answer, ask me up to three questions about what you need to know. Answer when I have replied.",
    description: "",
    tags: [],
  },
};
