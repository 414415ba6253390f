import { plural } from "@/lib/format";
import { newId } from "@/lib/ids";
import { MEDIA_TYPES, type Picture } from "./pictures";

// Everything that only a chat with pictures needs: loaded with the first one.
export { explain } from "@/api/client";
export { discard, upload } from "@/api/files";

// As the server has them.
const MOST = 8;
const MOST_BYTES = 5 * 1024 * 1024;
const MOST_BYTES_TOGETHER = 15_000_000;

/** Which of these files can go along with what is there already, and in one sentence what is wrong with the others. */
export function admit(
  files: File[],
  there: { size: number }[],
): { admitted: File[]; trouble: string | null } {
  const admitted: File[] = [];
  const wrong: string[] = [];
  let room = MOST - there.length;
  let bytes = MOST_BYTES_TOGETHER - there.reduce((sum, { size }) => sum + size, 0);
  for (const file of files) {
    if (!MEDIA_TYPES.includes(file.type)) wrong.push(`“${file.name}” is not a PNG or JPEG picture`);
    else if (file.size > MOST_BYTES) wrong.push(`“${file.name}” is larger than 5 MB`);
    else if (file.size === 0) wrong.push(`“${file.name}” is empty`);
    else if (room === 0) wrong.push(`a message takes ${MOST} pictures, so “${file.name}” is left out`);
    else if (file.size > bytes) wrong.push(`“${file.name}” is too much: all together may have 15 MB`);
    else {
      admitted.push(file);
      room -= 1;
      bytes -= file.size;
    }
  }
  const [first, ...more] = wrong;
  if (!first) return { admitted, trouble: null };
  const others = more.length === 0 ? "" : `, and ${plural(more.length, "more file")} could not be taken`;
  return { admitted, trouble: `${first[0]?.toUpperCase()}${first.slice(1)}${others}.` };
}

export function fromFile(file: File): Picture & { file: File } {
  return {
    id: newId(),
    name: file.name,
    src: "",
    url: null,
    mediaType: file.type,
    size: file.size,
    progress: 0,
    trouble: null,
    file,
  };
}

/** The content as a data address: the content security policy shows no `blob:`. */
export function dataAddress(file: File): Promise<string> {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
