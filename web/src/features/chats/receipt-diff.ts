import type { diffLines, diffWordsWithSpace } from "diff";

export interface Library {
  diffLines: typeof diffLines;
  diffWordsWithSpace: typeof diffWordsWithSpace;
}

export interface Piece {
  text: string;
  /** In both, only in the earlier text, only in the later one. */
  kind: "same" | "gone" | "new";
}

/** Below this share of common characters a passage was rewritten: marking every word would only be confetti. */
const ALIKE = 0.3;

const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

function words(before: string, after: string, library: Library): Piece[] {
  const pieces = library.diffWordsWithSpace(before, after).map(
    ({ value, added, removed }): Piece => ({
      text: value,
      kind: added ? "new" : removed ? "gone" : "same",
    }),
  );
  const shared = pieces.reduce((sum, { text, kind }) => sum + (kind === "same" ? text.trim().length : 0), 0);
  if (shared >= ALIKE * Math.max(before.trim().length, after.trim().length)) return pieces;
  return [
    { text: before, kind: "gone" },
    { text: after, kind: "new" },
  ];
}

/** One prompt as it became another, in one column: whole lines, and words where a line was only touched up. */
export function pieces(before: string, after: string, library: Library): Piece[] {
  const changes = library.diffLines(ended(before), ended(after));
  return changes.flatMap((change, place): Piece[] => {
    const [earlier, later] = [changes[place - 1], changes[place + 1]];
    if (change.removed && later?.added) return words(change.value, later.value, library);
    if (change.added && earlier?.removed) return [];
    return [{ text: change.value, kind: change.added ? "new" : change.removed ? "gone" : "same" }];
  });
}
