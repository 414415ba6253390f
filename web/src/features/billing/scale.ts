/** The round number that the greatest value fits under: 1, 2, 4, 6 or 8 times a power of ten, so that half is round. */
export function ceiling(most: number): number {
  if (most <= 0) return 10;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 6, 8, 10].find((each) => each * power >= most) ?? 10;
  return Math.max(10, step * power);
}

/** The first of those that are greatest. */
export function peakOf<T>(items: readonly T[], value: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (most, item) => (most === undefined || value(item) > value(most) ? item : most),
    undefined,
  );
}
