import { Button, Loader, Textarea } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { explain } from "@/api/client";
import { FILE_LIMIT, type ImportPlan, readImport } from "@/api/exchange";
import { bytes } from "@/lib/format";
import classes from "./import.module.css";

const FORMATS =
  "Quartet’s own JSON, prompts.chat CSV, Open WebUI prompts and models, LibreChat presets, Langfuse prompts, " +
  "SillyTavern presets, character cards (JSON or PNG), fabric patterns and SKILL.md (one, or a zip of many).";

/** Why a file is not even worth sending; null when it is. */
function fault(files: File[], isFolder: boolean): string | null {
  const [file] = files;
  if (isFolder) return "That is a folder. Zip it, then import the zip.";
  if (!file) return "There was no file in that.";
  if (files.length > 1) return "One file at a time, please: a zip can hold many.";
  if (file.size === 0) return `“${file.name}” is empty.`;
  if (file.size > FILE_LIMIT) {
    return `“${file.name}” has ${bytes(file.size)}; files up to ${bytes(FILE_LIMIT)} can be imported.`;
  }
  return null;
}

/** Takes a file, dropped anywhere on the page or chosen, or pasted text; hands on what the server read in it. */
export function ImportSource({ onPlan }: { onPlan: (plan: ImportPlan, from: string) => void }) {
  const [reading, setReading] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const asked = useRef<AbortController | null>(null);

  useEffect(() => () => asked.current?.abort(), []);

  // Whatever was pressed to read a file made room for the loader, and the focus went with it.
  const isReading = reading !== null;
  const wasReading = useRef(false);
  useEffect(() => {
    if (wasReading.current && !isReading && document.activeElement === document.body) choose.current?.focus();
    wasReading.current = isReading;
  }, [isReading]);

  async function read(name: string, data: Blob) {
    asked.current?.abort();
    const control = new AbortController();
    asked.current = control;
    setTrouble(null);
    setReading(name);
    try {
      const plan = await readImport(name, data, control.signal);
      if (!control.signal.aborted) onPlan(plan, name);
    } catch (error) {
      if (!control.signal.aborted) setTrouble(explain(error));
    } finally {
      if (asked.current === control) setReading(null);
    }
  }

  function take(files: File[], isFolder = false) {
    const wrong = fault(files, isFolder);
    if (wrong) setTrouble(wrong);
    else if (files[0]) void read(files[0].name, files[0]);
  }

  const onDrag = useEffectEvent((event: DragEvent) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    setOver(event.type === "dragover");
    if (event.type !== "drop") return;
    const isFolder = [...event.dataTransfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    take([...event.dataTransfer.files], isFolder);
  });

  // The whole window: a file that misses the box must not replace the page.
  useEffect(() => {
    const names = ["dragover", "dragleave", "drop"] as const;
    const listen = (event: DragEvent) => onDrag(event);
    for (const name of names) window.addEventListener(name, listen);
    return () => {
      for (const name of names) window.removeEventListener(name, listen);
    };
  }, []);

  return (
    <section className={classes.section} aria-labelledby="bring">
      <h2 id="bring">Import</h2>
      <p className={classes.lead}>
        Prompts from elsewhere become parts and presets here. You see what is in a file before anything is
        kept.
      </p>
      <div className={classes.drop} data-over={over || undefined} aria-busy={isReading}>
        {reading === null ? (
          <>
            <IconFileImport size={28} stroke={1.5} aria-hidden="true" />
            <span>Drop a file here, or</span>
            <Button
              ref={choose}
              variant="default"
              onClick={() => input.current?.click()}
              aria-describedby="import-formats"
            >
              Choose a file
            </Button>
          </>
        ) : (
          <>
            <Loader size={24} />
            <span role="status">Reading “{reading}”</span>
            <Button variant="default" onClick={() => asked.current?.abort()}>
              Cancel
            </Button>
          </>
        )}
        <input
          ref={input}
          type="file"
          hidden
          aria-label="File to import"
          onChange={(event) => {
            take([...(event.currentTarget.files ?? [])]);
            // The same file, mended, may be chosen again.
            event.currentTarget.value = "";
          }}
        />
      </div>
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {trouble}
        </p>
      ) : null}
      <p id="import-formats" className={classes.small}>
        {FORMATS} Up to {bytes(FILE_LIMIT)}.
      </p>
      <details className={classes.paste}>
        <summary>Paste text instead</summary>
        <Textarea
          label="Text to import"
          autosize
          minRows={5}
          maxRows={14}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
        />
        <Button
          mt="xs"
          variant="default"
          disabled={pasted.trim() === "" || isReading}
          onClick={() => void read("Pasted text.txt", new Blob([pasted]))}
        >
          Read this text
        </Button>
      </details>
    </section>
  );
}
