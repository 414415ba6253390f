interface Named {
  label: string;
  detail?: string;
}

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();

/** Those that fit, best first: the name starts with it, then the name has it, then the detail has it. */
export function matches<T extends Named>(options: T[], search: string): T[] {
  const wanted = plain(search.trim());
  if (wanted === "") return options;
  const rank = (option: T): number => {
    const label = plain(option.label);
    if (label.startsWith(wanted)) return 0;
    if (label.includes(wanted)) return 1;
    return plain(option.detail ?? "").includes(wanted) ? 2 : 3;
  };
  return options
    .map((option) => ({ option, rank: rank(option) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.option);
}
