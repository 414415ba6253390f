import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { explain } from "@/api/client";
import { componentsQuery } from "@/api/components";
import { useSavePreset } from "@/api/presets";
import { EmptyState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { slotKey, TYPES } from "@/lib/slots";
import classes from "./presets.module.css";

/** What a preset is, and the shortest ways to a first one. */
export function NoPresets() {
  const navigate = useNavigate();
  const save = useSavePreset();
  const list = useInfiniteQuery(componentsQuery({}));
  const components = list.data?.pages.flatMap((page) => page.items) ?? [];
  const parts = TYPES.flatMap((type) => components.find((component) => component.type === type) ?? []);

  function make() {
    const slots = Object.fromEntries(parts.map((part) => [slotKey(part.type), part.id]));
    save.mutate(
      { id: null, change: { name: "My first preset", ...slots } },
      { onSuccess: (made) => void navigate({ to: "/presets/$id", params: { id: made.id } }) },
    );
  }

  return (
    <EmptyState
      title="No presets yet"
      actions={
        <>
          {parts.length > 0 ? (
            <Button loading={save.isPending} onClick={make}>
              Make one of {parts.length === 1 ? "this part" : `these ${parts.length} parts`}
            </Button>
          ) : null}
          <Button
            variant={parts.length > 0 ? "default" : "filled"}
            renderRoot={(rest) => <Link to="/presets/$id" params={{ id: "new" }} {...rest} />}
          >
            New preset
          </Button>
          <Button variant="subtle" renderRoot={(rest) => <Link to="/library/import" {...rest} />}>
            Import some
          </Button>
        </>
      }
    >
      A preset keeps a mix of parts under one name: a role, a style, a context, a mode, or fewer. A chat
      starts with it in one click, and where a part is changed, every preset that has it changes too.
      {parts.length > 0 ? (
        <span className={classes.mix}>
          {parts.map((part) => (
            <span key={part.id}>
              <TypeIcon type={part.type} />
              {part.name}
            </span>
          ))}
        </span>
      ) : null}
      {save.error ? (
        <span className={classes.trouble} role="alert">
          {explain(save.error)}
        </span>
      ) : null}
    </EmptyState>
  );
}
