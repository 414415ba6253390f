const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/;
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s/m;

/**
 * Cuts Markdown into blocks that render alike alone and together, so that while an answer grows only its
 * last block is rendered again. Cuts at a blank line, but never inside a fence, nor between the items of a
 * list, nor before an indented line (it may belong to what stands above). A text with link definitions or
 * footnotes stays whole: those reach across blocks.
 */
export function blocks(text: string): string[] {
  if (DEFINITION.test(text)) return [text];
  const found: string[] = [];
  let current: string[] = [];
  let fence: string | null = null;
  let blank = false;

  for (const line of text.split("\n")) {
    if (fence === null && blank && line.trim() !== "" && current.length > 0 && parts(current, line)) {
      found.push(current.join("\n"));
      current = [];
    }
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark) fence = mark;
    else if (fence !== null && mark && closes(line, fence)) fence = null;
    blank = line.trim() === "";
    current.push(line);
  }
  if (current.some((line) => line.trim() !== "")) found.push(current.join("\n"));
  return found;
}

function parts(above: string[], line: string): boolean {
  if (/^\s/.test(line)) return false;
  const first = above.find((candidate) => candidate.trim() !== "") ?? "";
  return !(LIST_ITEM.test(first) && LIST_ITEM.test(line));
}

function closes(line: string, fence: string): boolean {
  const bare = line.trim();
  return bare.startsWith(fence) && [...bare].every((character) => character === fence[0]);
}
