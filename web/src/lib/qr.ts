// QR codes after ISO/IEC 18004: bytes, error correction level M (a seventh of the picture may be unreadable).

const numbers = (text: string): number[] => text.split(" ").map(Number);

/** By version, from 1: the bytes of correction in a block, and the blocks. */
const CORRECTION_BYTES = numbers(
  `10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26${" 28".repeat(19)}`,
);
const BLOCKS = numbers(
  "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
);
const LEVEL_M = 0;

const MASKS: ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

type Grid = boolean[][];

const gridOf = (size: number): Grid => Array.from({ length: size }, () => Array<boolean>(size).fill(false));

/** How many modules of a version are left for data and its correction, in whole bytes. */
function capacity(version: number): number {
  const aligning = version > 1 ? Math.floor(version / 7) + 2 : 0;
  const patterns = aligning > 0 ? (25 * aligning - 10) * aligning - 55 : 0;
  const bits = (16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0);
  return Math.floor(bits / 8);
}

const dataBytes = (version: number): number =>
  capacity(version) - (CORRECTION_BYTES[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);

/** The dark modules of a text, row by row, without the quiet zone; null for a text that is too long (2331 bytes). */
export function qrCode(text: string): Grid | null {
  const bytes = new TextEncoder().encode(text);
  const fits = (version: number) => bytes.length + (version < 10 ? 2 : 3) <= dataBytes(version);
  const version = BLOCKS.findIndex((_, before) => fits(before + 1)) + 1;
  return version === 0 ? null : drawn(version, interleaved(version, encoded(version, bytes)));
}

/** Mode, length, bytes, an end, and what fills the rest. */
function encoded(version: number, bytes: Uint8Array): number[] {
  const bits: number[] = [];
  const append = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  append(0b0100, 4);
  append(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) append(byte, 8);
  // Four bits end it, and with the four of the mode the whole is in bytes again.
  append(0, 4);
  for (let pad = 0xec; bits.length < dataBytes(version) * 8; pad ^= 0xec ^ 0x11) append(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

/** Data in blocks, each with its correction, byte by byte of each block in turn. */
function interleaved(version: number, data: number[]): number[] {
  const blocks = BLOCKS[version - 1] ?? 1;
  const correction = CORRECTION_BYTES[version - 1] ?? 0;
  const short = blocks - (capacity(version) % blocks);
  const length = Math.floor(capacity(version) / blocks) - correction;
  const divisor = divisorOf(correction);
  const parts: number[][] = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const end = at + length + (block < short ? 0 : 1);
    parts.push(data.slice(at, end));
    at = end;
  }
  const corrections = parts.map((part) => remainder(part, divisor));
  const turns = (all: number[][], count: number) =>
    Array.from({ length: count }, (_, at) => all.flatMap((each) => each[at] ?? [])).flat();
  return [...turns(parts, length + 1), ...turns(corrections, correction)];
}

/** A product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function product(left: number, right: number): number {
  let result = 0;
  for (let bit = 7; bit >= 0; bit--) {
    result = (result << 1) ^ ((result >>> 7) * 0x11d);
    result ^= ((right >>> bit) & 1) * left;
  }
  return result;
}

function divisorOf(degree: number): number[] {
  const result = [...Array<number>(degree - 1).fill(0), 1];
  for (let turn = 0, root = 1; turn < degree; turn++, root = product(root, 2)) {
    for (let at = 0; at < degree; at++) result[at] = product(result[at] ?? 0, root) ^ (result[at + 1] ?? 0);
  }
  return result;
}

function remainder(data: number[], divisor: number[]): number[] {
  const result = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (result.shift() ?? 0);
    result.push(0);
    divisor.forEach((coefficient, at) => {
      result[at] = (result[at] ?? 0) ^ product(coefficient, factor);
    });
  }
  return result;
}

function drawn(version: number, bytes: number[]): Grid {
  const size = version * 4 + 17;
  const fixed = gridOf(size);
  const dark = gridOf(size);
  const put = (row: number, column: number, isDark: boolean) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return;
    (dark[row] as boolean[])[column] = isDark;
    (fixed[row] as boolean[])[column] = true;
  };
  drawPatterns(version, size, put);
  drawFormat(0, size, put);
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size * 2; step++) {
      const column = right - (step % 2);
      const upward = ((right + 1) & 2) === 0;
      const row = upward ? size - 1 - (step >> 1) : step >> 1;
      if (fixed[row]?.[column]) continue;
      (dark[row] as boolean[])[column] = (((bytes[bit >> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
      bit += 1;
    }
  }
  const candidates = MASKS.map((mask, number) => {
    drawFormat(number, size, put);
    return dark.map((line, row) =>
      line.map((isDark, column) => isDark !== (!fixed[row]?.[column] && mask(row, column))),
    );
  });
  return candidates.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

type Put = (row: number, column: number, isDark: boolean) => void;

/** What stands at the same places in every code of a version. */
function drawPatterns(version: number, size: number, put: Put) {
  for (let at = 0; at < size; at++) {
    put(6, at, at % 2 === 0);
    put(at, 6, at % 2 === 0);
  }
  const square = (row: number, column: number, radius: number, isDark: (distance: number) => boolean) => {
    for (let down = -radius; down <= radius; down++)
      for (let along = -radius; along <= radius; along++)
        put(row + down, column + along, isDark(Math.max(Math.abs(down), Math.abs(along))));
  };
  for (const [row, column] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const)
    square(row, column, 4, (distance) => distance !== 2 && distance !== 4);
  const places = alignment(version, size);
  const last = places.length - 1;
  places.forEach((row, down) => {
    places.forEach((column, along) => {
      const inCorner = (down === 0 && (along === 0 || along === last)) || (down === last && along === 0);
      if (!inCorner) square(row, column, 2, (distance) => distance !== 1);
    });
  });
  if (version < 7) return;
  let rest = version;
  for (let turn = 0; turn < 12; turn++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const word = (version << 12) | rest;
  for (let bit = 0; bit < 18; bit++) {
    const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
    put(near, far, ((word >>> bit) & 1) === 1);
    put(far, near, ((word >>> bit) & 1) === 1);
  }
}

function alignment(version: number, size: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - (count - 2 - at) * step)];
}

/** Which level and mask it is, twice. */
function drawFormat(mask: number, size: number, put: Put) {
  const data = (LEVEL_M << 3) | mask;
  let rest = data;
  for (let turn = 0; turn < 10; turn++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const word = ((data << 10) | rest) ^ 0x5412;
  const bit = (at: number) => ((word >>> at) & 1) === 1;
  for (let at = 0; at < 6; at++) put(at, 8, bit(at));
  put(7, 8, bit(6));
  put(8, 8, bit(7));
  put(8, 7, bit(8));
  for (let at = 9; at < 15; at++) put(8, 14 - at, bit(at));
  for (let at = 0; at < 8; at++) put(8, size - 1 - at, bit(at));
  for (let at = 8; at < 15; at++) put(size - 15 + at, 8, bit(at));
  put(size - 8, 8, true);
}

/** How hard a code is to read, as the standard counts: long runs, blocks, false finders, too much of one colour. */
function penalty(grid: Grid): number {
  const columns = grid.map((_, column) => grid.map((line) => line[column] ?? false));
  const lines = [...grid, ...columns].map((line) => line.map((isDark) => (isDark ? "1" : "0")).join(""));
  let result = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) result += run.length - 2;
    result += 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let row = 1; row < grid.length; row++)
    for (let column = 1; column < grid.length; column++) {
      const one = grid[row]?.[column];
      const others = [grid[row - 1]?.[column], grid[row]?.[column - 1], grid[row - 1]?.[column - 1]];
      if (others.every((each) => each === one)) result += 3;
    }
  const share = grid.flat().filter(Boolean).length / grid.length ** 2;
  return result + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}
