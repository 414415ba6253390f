import { CloseButton, Progress } from "@mantine/core";
import { IconReload } from "@tabler/icons-react";
import { plural } from "@/lib/format";
import classes from "./picture-tray.module.css";
import type { Picture } from "./pictures";
import type { Pictures } from "./use-pictures";

/** The pictures that go with the next question, each with what became of its upload. */
export default function PictureTray({ pictures, onLeave }: { pictures: Pictures; onLeave: () => void }) {
  const { list } = pictures;
  const waiting = list.filter((picture) => picture.url === null && picture.trouble === null).length;
  const failed = list.find((picture) => picture.trouble !== null);
  const trouble =
    pictures.trouble ??
    (failed ? `“${failed.name}” was not uploaded. ${failed.trouble} Try again, or remove it.` : null);
  return (
    <div className={classes.tray}>
      {list.length > 0 ? (
        <ul className={classes.list} aria-label="Pictures to send">
          {list.map((picture) => (
            <Tile
              key={picture.id}
              picture={picture}
              onRetry={() => pictures.retry(picture)}
              onRemove={() => {
                pictures.remove(picture);
                onLeave();
              }}
            />
          ))}
        </ul>
      ) : null}
      <div role="status" className={classes.waiting}>
        {waiting > 0 ? `Uploading ${plural(waiting, "picture")} …` : null}
      </div>
      {trouble ? (
        <div role="alert" className={classes.trouble}>
          {trouble}
        </div>
      ) : null}
    </div>
  );
}

function Tile(props: { picture: Picture; onRetry: () => void; onRemove: () => void }) {
  const { picture } = props;
  const failed = picture.trouble !== null;
  return (
    <li className={classes.tile} data-failed={failed || undefined} title={picture.name}>
      {picture.src ? <img src={picture.src} alt={failed ? "" : picture.name} /> : null}
      {picture.url === null && !failed ? (
        <Progress
          className={classes.progress}
          size="sm"
          value={100 * picture.progress}
          aria-label={`Uploading ${picture.name}`}
        />
      ) : null}
      {failed ? (
        <button
          type="button"
          className={classes.retry}
          aria-label={`Upload ${picture.name} again`}
          onClick={props.onRetry}
        >
          <IconReload size={20} aria-hidden="true" />
        </button>
      ) : null}
      <CloseButton
        className={classes.remove}
        size={24}
        radius="xl"
        iconSize={14}
        aria-label={`Remove ${picture.name}`}
        onClick={props.onRemove}
      />
    </li>
  );
}
