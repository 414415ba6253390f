export interface Stretch {
  text: string;
  hit: boolean;
}

/** A text without case and accents, and for each of its characters where in the text it comes from. */
function fold(text: string): { folded: string; from: number[] } {
  let folded = "";
  const from: number[] = [];
  let place = 0;
  for (const letter of text) {
    const plain = letter.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    for (let index = 0; index < plain.length; index += 1) from.push(place);
    folded += plain;
    place += letter.length;
  }
  from.push(place);
  return { folded, from };
}

/** Cuts a text where `wanted` stands in it, as the server looks for it: without case and accents. */
export function highlight(text: string, wanted: string): Stretch[] {
  const { folded, from } = fold(text);
  const sought = fold(wanted.trim().replace(/\s+/g, " ")).folded;
  const stretches: Stretch[] = [];
  let done = 0;
  for (let at = sought === "" ? -1 : folded.indexOf(sought); at >= 0; ) {
    const [start, end] = [from[at] ?? 0, from[at + sought.length] ?? text.length];
    if (start > done) stretches.push({ text: text.slice(done, start), hit: false });
    // A letter may fold into several: the last one goes whole.
    if (end > start) stretches.push({ text: text.slice(start, end), hit: true });
    done = Math.max(done, end);
    at = folded.indexOf(sought, at + sought.length);
  }
  if (done < text.length) stretches.push({ text: text.slice(done), hit: false });
  return stretches;
}

/** What fits before a hit in two lines of the sidebar. */
const LEAD = 28;

/** A snippet from a little before its first hit on, cut at a word. */
export function excerpt(snippet: string, wanted: string): Stretch[] {
  const [first, ...rest] = highlight(snippet, wanted);
  if (!first || first.hit || rest.length === 0 || first.text.length <= LEAD)
    return first ? [first, ...rest] : [];
  const tail = first.text.slice(-LEAD);
  const word = tail.indexOf(" ");
  return [{ text: `…${word < 0 ? tail : tail.slice(word)}`, hit: false }, ...rest];
}
