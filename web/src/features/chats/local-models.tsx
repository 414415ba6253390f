import { Button, Modal, Progress, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { explain } from "@/api/client";
import { type LocalModel, localModelsQuery, useLocalModel } from "@/api/models";
import { ErrorState } from "@/components/states";
import { bytes } from "@/lib/format";
import classes from "./local-models.module.css";

/** The models that run on the server itself: which are there, fetching one, using one. */
export default function LocalModels({ onClose }: { onClose: () => void }) {
  const models = useQuery(localModelsQuery);
  return (
    <Modal opened onClose={onClose} title="Models on this machine" size="lg">
      {models.isPending ? <Skeleton h={180} /> : null}
      {models.isError ? (
        <ErrorState title="The list did not load" error={models.error} retry={() => void models.refetch()} />
      ) : null}
      {models.data ? (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            They need no key and no connection, and count nothing against a plan. One is in use at a time.
          </Text>
          <ul className={classes.list}>
            {models.data.items.map((model) => (
              <Row key={model.name} model={model} />
            ))}
          </ul>
        </>
      ) : null}
    </Modal>
  );
}

function Row({ model }: { model: LocalModel }) {
  const pull = useLocalModel("pull");
  const use = useLocalModel("use");
  const trouble = model.state === "failed" ? model.error : null;
  const refused = pull.error ?? use.error;
  return (
    <li className={classes.row}>
      <div className={classes.line}>
        <div className={classes.words}>
          <strong>{model.title}</strong>
          <span>
            {model.label} · {bytes(model.sizeBytes)}
          </span>
        </div>
        {model.state === "inUse" ? <span className={classes.note}>In use</span> : null}
        {model.state === "ready" ? (
          <Button size="xs" variant="default" loading={use.isPending} onClick={() => use.mutate(model.name)}>
            Use
          </Button>
        ) : null}
        {model.state === "absent" || model.state === "failed" ? (
          <Button
            size="xs"
            variant="default"
            loading={pull.isPending}
            onClick={() => pull.mutate(model.name)}
          >
            {model.state === "failed" ? "Try again" : "Download"}
          </Button>
        ) : null}
        {model.state === "pulling" ? (
          <span className={classes.note}>
            {bytes(model.receivedBytes)} of {bytes(model.sizeBytes)}
          </span>
        ) : null}
      </div>
      {model.state === "pulling" ? (
        <Progress
          mt={8}
          aria-label={`Downloading ${model.title}`}
          value={(100 * model.receivedBytes) / Math.max(1, model.sizeBytes)}
        />
      ) : null}
      {trouble || refused ? (
        <p className={classes.trouble} role="alert">
          {trouble ?? explain(refused)}
        </p>
      ) : null}
    </li>
  );
}
