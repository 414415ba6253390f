import { answered, api, type Schemas, Unreachable } from "./client";

export type Uploaded = Schemas["Uploaded"];

/** Uploads a picture. `onProgress` hears how much of it has left, 0 to 1. */
export function upload(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Uploaded> {
  const form = new FormData();
  form.append("file", file);
  // `fetch` does not tell how far an upload is.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    };
    request.onerror = () => reject(new Unreachable());
    request.onabort = () => reject(signal.reason);
    request.onload = () => {
      const { status, responseText } = request;
      answered(new Response(responseText, { status }))
        .then((response) => response.json())
        .then(resolve, reject);
    };
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", "/api/files/upload");
    request.send(form);
  });
}

/** Deletes a picture that was uploaded and not sent; one that is gone or sent is left as it is. */
export function discard(url: string): void {
  const id = url.split("/").at(-1) ?? "";
  api.DELETE("/api/files/{file_id}", { params: { path: { file_id: id } } }).catch(() => {});
}
