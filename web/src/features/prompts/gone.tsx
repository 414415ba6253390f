import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { explain } from "@/api/client";
import { useCreateComponent } from "@/api/components";
import type { ComponentValues } from "@/components/component-form";
import type { Type } from "@/lib/slots";
import classes from "./editor.module.css";

/** The component was deleted elsewhere while its text was being changed: the text can still be kept. */
export function Gone(props: { type: Type; values: () => ComponentValues; onMade: (id: string) => void }) {
  const create = useCreateComponent();
  return (
    <div className={classes.reach} role="alert">
      <p>This part was deleted elsewhere. What you typed is still here.</p>
      <Button
        size="compact-sm"
        variant="default"
        loading={create.isPending}
        onClick={() =>
          create.mutate(
            { type: props.type, ...props.values() },
            { onSuccess: (made) => props.onMade(made.id) },
          )
        }
      >
        Save it as a new part
      </Button>
      {create.error ? <p className={classes.trouble}>{explain(create.error)}</p> : null}
    </div>
  );
}

/** Where a part that is not here may be. */
export function TrashLink() {
  return (
    <Button variant="default" size="sm" renderRoot={(rest) => <Link to="/trash" {...rest} />}>
      Look in the trash
    </Button>
  );
}
