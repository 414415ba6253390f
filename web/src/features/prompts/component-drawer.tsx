import { Drawer, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { isRefusal } from "@/api/client";
import { componentQuery, useCreateComponent } from "@/api/components";
import { ComponentForm } from "@/components/component-form";
import { Confirm } from "@/components/confirm";
import { ErrorState } from "@/components/states";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { EditComponent } from "./edit-component";

const BLANK = { name: "", content: "", description: "", tags: [] };

/** Where one component is made or changed; asks before unsaved text is thrown away. */
export function ComponentDrawer(props: { edit?: string; create?: Type; onClose: () => void }) {
  const narrow = useMediaQuery("(max-width: 640px)", undefined, { getInitialValueInEffect: false });
  const [dirty, setDirty] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const onDirty = useCallback((is: boolean) => setDirty(is), []);

  function leave() {
    setDirty(false);
    setLeaving(false);
    setDeleting(false);
    props.onClose();
  }

  return (
    <>
      <Drawer
        opened={props.edit !== undefined || props.create !== undefined}
        // Asked in the next task: the Escape that closes the drawer would otherwise answer the question too.
        onClose={() => (dirty ? setTimeout(() => setLeaving(true)) : leave())}
        closeOnEscape={!leaving && !deleting}
        position="right"
        size={narrow ? "100%" : 560}
        title={props.create ? `New ${TYPE_NAMES[props.create].one.toLowerCase()}` : "Edit part"}
      >
        {props.create ? (
          <Create key={props.create} type={props.create} onDirty={onDirty} onDone={leave} />
        ) : null}
        {props.edit ? (
          <Edit
            key={props.edit}
            id={props.edit}
            onDirty={onDirty}
            onDone={leave}
            deleting={deleting}
            onDeleting={setDeleting}
          />
        ) : null}
      </Drawer>
      <Confirm
        opened={leaving}
        title="Leave without saving?"
        action="Discard changes"
        onConfirm={leave}
        onClose={() => setLeaving(false)}
      >
        What you changed here is not saved.
      </Confirm>
    </>
  );
}

interface Inside {
  onDirty: (dirty: boolean) => void;
  onDone: () => void;
}

function Create({ type, onDirty, onDone }: Inside & { type: Type }) {
  const create = useCreateComponent();
  return (
    <ComponentForm
      type={type}
      initial={BLANK}
      action="Create"
      busy={create.isPending}
      error={create.error}
      onDirty={onDirty}
      onCancel={onDone}
      onSubmit={(values) =>
        create.mutate(
          { type, ...values },
          {
            onSuccess: (made) => {
              notifications.show({ message: `“${made.name}” is in your library.` });
              onDone();
            },
          },
        )
      }
    />
  );
}

interface Deleting {
  deleting: boolean;
  onDeleting: (deleting: boolean) => void;
}

function Edit({ id, ...rest }: Inside & Deleting & { id: string }) {
  const component = useQuery({ ...componentQuery(id), staleTime: 0 });
  if (component.data) return <EditComponent component={component.data} {...rest} />;
  if (component.isError) {
    const gone = isRefusal(component.error, 404);
    return (
      <ErrorState
        title={gone ? "This part is not here" : "The part did not load"}
        error={component.error}
        retry={gone ? undefined : () => void component.refetch()}
      />
    );
  }
  return (
    <div role="status" aria-label="Loading the part">
      <Skeleton h={36} mt={24} />
      <Skeleton h={180} mt={40} />
      <Skeleton h={36} mt={40} />
    </div>
  );
}
