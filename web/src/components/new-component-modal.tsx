import { Modal } from "@mantine/core";
import { useState } from "react";
import { type Component, useCreateComponent } from "@/api/components";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { BLANK, ComponentForm, useComponentForm } from "./component-form";
import { Confirm } from "./confirm";

/** A component made in passing, without leaving the chat or the preset it is for. */
export default function NewComponentModal(props: {
  type: Type;
  name: string;
  onMade: (made: Component) => void;
  onClose: () => void;
}) {
  const create = useCreateComponent();
  const form = useComponentForm({ ...BLANK, name: props.name });
  const [leaving, setLeaving] = useState(false);
  const kind = TYPE_NAMES[props.type].one.toLowerCase();
  // Asked in the next task: the Escape that closes the form would otherwise answer the question too.
  const leave = () => (form.isDirty() ? setTimeout(() => setLeaving(true)) : props.onClose());
  return (
    <>
      <Modal opened onClose={leave} closeOnEscape={!leaving} title={`New ${kind}`} size="lg">
        <ComponentForm
          type={props.type}
          form={form}
          action={`Create ${kind}`}
          busy={create.isPending}
          error={create.error}
          onCancel={leave}
          onSubmit={(values) => create.mutate({ type: props.type, ...values }, { onSuccess: props.onMade })}
        />
      </Modal>
      <Confirm
        opened={leaving}
        title="Leave without saving?"
        action="Discard"
        onConfirm={props.onClose}
        onClose={() => setLeaving(false)}
      >
        What you typed here is not saved.
      </Confirm>
    </>
  );
}
