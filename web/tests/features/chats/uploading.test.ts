import { expect, test } from "vitest";
import { filesIn, filesOf } from "@/features/chats/pictures";
import { admit } from "@/features/chats/uploading";

const file = (name: string, size: number, type = "image/png") =>
  Object.defineProperty(new File([], name, { type }), "size", { value: size });
const MB = 1024 * 1024;

test("pictures that fit go along", () => {
  const files = [file("a.png", 5 * MB), file("b.jpg", 10, "image/jpeg")];
  expect(admit(files, [])).toEqual({ admitted: files, trouble: null });
});

test.each([
  [file("cat.webp", 10, "image/webp"), "“cat.webp” is not a PNG or JPEG picture."],
  [file("big.png", 5 * MB + 1), "“big.png” is larger than 5 MB."],
  [file("none.png", 0), "“none.png” is empty."],
])("one that does not fit says why in a sentence", (wrong, trouble) => {
  const good = file("a.png", 1);
  expect(admit([wrong, good], [])).toEqual({ admitted: [good], trouble });
});

test("a message has at most eight pictures, those included that are there", () => {
  const there = Array.from({ length: 6 }, () => ({ size: 1 }));
  const files = ["a", "b", "c", "d"].map((name) => file(`${name}.png`, 1));
  const { admitted, trouble } = admit(files, there);
  expect(admitted.map(({ name }) => name)).toEqual(["a.png", "b.png"]);
  expect(trouble).toBe(
    "A message takes 8 pictures, so “c.png” is left out, and 1 more file could not be taken.",
  );
});

test("all together have at most 15 MB", () => {
  const { admitted, trouble } = admit(
    [file("c.png", 4_000_000), file("d.png", 1_000_000)],
    [{ size: 12_000_000 }],
  );
  expect(admitted.map(({ name }) => name)).toEqual(["d.png"]);
  expect(trouble).toMatch(/“c.png” is too much/);
});

test("a text from an office program is pasted as text, whatever picture comes with it", () => {
  const files = [file("image.png", 10)];
  expect(filesIn({ types: ["text/plain", "text/html", "Files"], files } as unknown as DataTransfer)).toEqual(
    [],
  );
  expect(filesIn({ types: ["Files", "text/html"], files } as unknown as DataTransfer)).toEqual(files);
});

test("a file has its name under either client's word", () => {
  const part = { type: "file" as const, mediaType: "image/png", url: "/api/files/1" };
  const parts = [
    { ...part, filename: "a.png" },
    { ...part, name: "b.png" },
    { type: "text" as const, text: "c" },
  ];
  expect(filesOf({ parts }).map(({ name }) => name)).toEqual(["a.png", "b.png"]);
});
