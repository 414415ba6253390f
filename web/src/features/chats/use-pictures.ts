import { useCallback, useMemo, useRef, useState } from "react";
import type { Uploaded } from "./drafts";
import type { Picture } from "./pictures";

const there = (given: Uploaded): Picture => ({
  ...given,
  id: given.url,
  src: given.url,
  progress: 1,
  trouble: null,
  file: null,
});

const isUploaded = (picture: Picture): picture is Picture & Uploaded => picture.url !== null;

/** The pictures that go with the next question: each is uploaded as soon as it is added. */
export function usePictures(kept: () => Uploaded[]) {
  const [list, setList] = useState<Picture[]>(() => kept().map(there));
  const [trouble, setTrouble] = useState<string | null>(null);
  // Two pastes in a row are weighed against each other, whatever is rendered between them.
  const latest = useRef(list);
  const uploads = useRef(new Map<string, AbortController>());

  const put = useCallback((change: (list: Picture[]) => Picture[]) => {
    latest.current = change(latest.current);
    setList(latest.current);
  }, []);
  const alter = useCallback(
    (id: string, change: Partial<Picture>) =>
      put((all) => all.map((picture) => (picture.id === id ? { ...picture, ...change } : picture))),
    [put],
  );

  const begin = useCallback(
    async (id: string, file: File) => {
      const { explain, upload } = await import("./uploading");
      const control = new AbortController();
      uploads.current.set(id, control);
      alter(id, { progress: 0, trouble: null });
      try {
        const { url } = await upload(file, (progress) => alter(id, { progress }), control.signal);
        alter(id, { url, file: null, progress: 1 });
      } catch (problem) {
        alter(id, { trouble: explain(problem) });
      } finally {
        uploads.current.delete(id);
      }
    },
    [alter],
  );

  const add = useCallback(
    async (files: File[]) => {
      if (files.length === 0) return;
      const { admit, dataAddress, fromFile } = await import("./uploading");
      const { admitted, trouble: wrong } = admit(files, latest.current);
      setTrouble(wrong);
      const fresh = admitted.map(fromFile);
      put((all) => [...all, ...fresh]);
      for (const { id, file } of fresh) {
        // A file that cannot be read cannot be uploaded either, and that says why.
        dataAddress(file).then(
          (src) => alter(id, { src }),
          () => {},
        );
        void begin(id, file);
      }
    },
    [alter, begin, put],
  );

  const remove = useCallback(
    (picture: Picture) => {
      setTrouble(null);
      uploads.current.get(picture.id)?.abort();
      put((all) => all.filter(({ id }) => id !== picture.id));
      const { url } = picture;
      if (url) void import("./uploading").then(({ discard }) => discard(url));
    },
    [put],
  );

  return {
    list,
    /** Why something was not taken. */
    trouble,
    /** One of them is on its way still, or did not get there. */
    pending: list.some((picture) => picture.url === null),
    uploaded: useMemo(
      () => list.filter(isUploaded).map(({ url, name, mediaType, size }) => ({ url, name, mediaType, size })),
      [list],
    ),
    add,
    remove,
    retry: (picture: Picture) => {
      if (picture.file) void begin(picture.id, picture.file);
    },
    refuse: setTrouble,
    /** Replaces all: with none once they are sent, with those of a question that is taken back. */
    reset: useCallback(
      (given: Uploaded[]) => {
        setTrouble(null);
        put(() => given.map(there));
      },
      [put],
    ),
  };
}

export type Pictures = ReturnType<typeof usePictures>;
