import { Drawer, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { isRefusal } from "@/api/client";
import { componentQuery, useCreateComponent } from "@/api/components";
import { BLANK, ComponentForm, type ComponentValues, useComponentForm } from "@/components/component-form";
import { Confirm, keepFocus } from "@/components/confirm";
import { ErrorState } from "@/components/states";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { EditComponent } from "./edit-component";
import { TrashLink } from "./gone";

interface Place {
  pathname: string;
  search: object;
}

/** What the drawer holds at an address. */
function inHand({ pathname, search }: Place): string {
  const { edit, create }: { edit?: string; create?: string } = search;
  return `${pathname.startsWith("/library")} ${edit} ${create}`;
}

interface Inside {
  onDirty: (dirty: boolean) => void;
  /** Nothing is left to be saved: closes without asking. */
  onDone: () => void;
  onClose: () => void;
}

/** Where one component is made or changed; asks before unsaved text is thrown away, whichever way one leaves. */
export function ComponentDrawer(props: {
  edit?: string;
  create?: Type;
  /** What a new component begins with. */
  seed?: ComponentValues;
  onClose: () => void;
  onOpen: (id: string) => void;
}) {
  const { seed } = props;
  const opened = props.edit !== undefined || props.create !== undefined;
  // What it held stays in it while it slides away.
  const [{ edit, create }, setHeld] = useState({ edit: props.edit, create: props.create });
  if (opened && (edit !== props.edit || create !== props.create)) {
    setHeld({ edit: props.edit, create: props.create });
  }
  const narrow = useMediaQuery("(max-width: 900px)", undefined, { getInitialValueInEffect: false });
  const [asking, setAsking] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  // A ref: whoever has just saved goes on in the same breath, before anything renders.
  const dirty = useRef(false);
  const onDirty = useCallback((is: boolean) => {
    dirty.current = is;
  }, []);
  const shouldBlockFn = useCallback(
    ({ current, next }: { current: Place; next: Place }) => dirty.current && inHand(next) !== inHand(current),
    [],
  );
  const beforeUnload = useCallback(() => dirty.current, []);
  const leaving = useBlocker({ shouldBlockFn, enableBeforeUnload: beforeUnload, withResolver: true });
  const blocked = leaving.status === "blocked";

  function done() {
    dirty.current = false;
    props.onClose();
  }

  const inside: Inside = { onDirty, onDone: done, onClose: props.onClose };
  return (
    <>
      <Drawer
        opened={opened}
        // Asked in the next task: the Escape that closes the drawer would otherwise answer the question too.
        onClose={() => setTimeout(props.onClose)}
        onExitTransitionEnd={() => {
          setDiscarding(false);
          keepFocus();
        }}
        closeOnEscape={!blocked && !asking}
        position="right"
        size={narrow ? "100%" : edit ? "min(1100px, 94vw)" : 560}
        title={create ? `New ${TYPE_NAMES[create].one.toLowerCase()}` : "Edit part"}
      >
        {create ? <Create key={create} type={create} seed={seed} {...inside} /> : null}
        {edit ? (
          <Edit
            key={edit}
            id={edit}
            narrow={narrow ?? false}
            onAsking={setAsking}
            onOpen={props.onOpen}
            {...inside}
          />
        ) : null}
      </Drawer>
      <Confirm
        opened={blocked}
        title="Leave without saving?"
        action="Discard changes"
        returnFocus={!discarding}
        onConfirm={() => {
          setDiscarding(true);
          leaving.proceed?.();
        }}
        onClose={() => leaving.reset?.()}
      >
        What you changed here is not saved.
      </Confirm>
    </>
  );
}

function Create({ type, seed, ...rest }: Inside & { type: Type; seed?: ComponentValues }) {
  const create = useCreateComponent();
  const form = useComponentForm(seed ?? BLANK);
  const dirty = form.isDirty();
  const { onDirty } = rest;
  useEffect(() => {
    onDirty(dirty);
    return () => onDirty(false);
  }, [dirty, onDirty]);
  return (
    <ComponentForm
      type={type}
      form={form}
      action="Create"
      busy={create.isPending}
      error={create.error}
      onCancel={rest.onClose}
      onSubmit={(values) =>
        create.mutate(
          { type, ...values },
          {
            onSuccess: (made) => {
              notifications.show({ message: `“${made.name}” is in your library.` });
              rest.onDone();
            },
          },
        )
      }
    />
  );
}

interface Editing {
  id: string;
  narrow: boolean;
  onAsking: (asking: boolean) => void;
  onOpen: (id: string) => void;
}

function Edit({ id, ...rest }: Inside & Editing) {
  const component = useQuery({ ...componentQuery(id), staleTime: 0 });
  const missing = isRefusal(component.error, 404);
  if (component.data) return <EditComponent component={component.data} missing={missing} {...rest} />;
  if (component.isError) {
    return (
      <ErrorState
        title={missing ? "This part is not here" : "The part did not load"}
        error={component.error}
        retry={missing ? undefined : () => void component.refetch()}
        actions={missing ? <TrashLink /> : undefined}
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
