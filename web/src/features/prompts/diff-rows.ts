import type { diffLines, diffWordsWithSpace } from "diff";

export interface Library {
  diffLines: typeof diffLines;
  diffWordsWithSpace: typeof diffWordsWithSpace;
}

export interface Piece {
  text: string;
  changed: boolean;
}

/** Lines that stand beside each other; a side is empty where the other one has lines of its own. */
export interface Row {
  same: boolean;
  left: Piece[];
  right: Piece[];
}

/** Below this share of common characters a passage was rewritten: marking every word would only be confetti. */
const ALIKE = 0.3;

const whole = (text: string, changed: boolean): Piece[] => (text === "" ? [] : [{ text, changed }]);

// Lines differ by their ends too, and the last one has none.
const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

function words(before: string, after: string, library: Library): Row {
  const pieces = library.diffWordsWithSpace(before, after);
  const common = pieces.filter((piece) => !piece.added && !piece.removed);
  const shared = common.reduce((sum, piece) => sum + piece.value.trim().length, 0);
  if (shared < ALIKE * Math.max(before.trim().length, after.trim().length)) {
    return { same: false, left: whole(before, true), right: whole(after, true) };
  }
  return {
    same: false,
    left: pieces
      .filter((piece) => !piece.added)
      .map((piece) => ({ text: piece.value, changed: piece.removed })),
    right: pieces
      .filter((piece) => !piece.removed)
      .map((piece) => ({ text: piece.value, changed: piece.added })),
  };
}

/** Two texts side by side, line by line, with the words marked that only one of them has. */
export function rows(before: string, after: string, library: Library): Row[] {
  const changes = library.diffLines(ended(before), ended(after));
  const result: Row[] = [];
  for (let place = 0; place < changes.length; place += 1) {
    const change = changes[place];
    const next = changes[place + 1];
    if (!change) continue;
    if (change.removed && next?.added) {
      result.push(words(change.value, next.value, library));
      place += 1;
    } else {
      result.push({
        same: !change.added && !change.removed,
        left: change.added ? [] : whole(change.value, change.removed),
        right: change.removed ? [] : whole(change.value, change.added),
      });
    }
  }
  return result;
}
