import { Modal } from "@mantine/core";
import { type Component, useCreateComponent } from "@/api/components";
import { TYPE_NAMES, type Type } from "@/lib/slots";
import { ComponentForm } from "./component-form";

/** A component made in passing, without leaving the chat or the preset it is for. */
export default function NewComponentModal(props: {
  type: Type;
  name: string;
  onMade: (made: Component) => void;
  onClose: () => void;
}) {
  const create = useCreateComponent();
  const kind = TYPE_NAMES[props.type].one.toLowerCase();
  return (
    <Modal opened onClose={props.onClose} title={`New ${kind}`} size="lg">
      <ComponentForm
        type={props.type}
        initial={{ name: props.name, content: "", description: "", tags: [] }}
        action={`Create ${kind}`}
        busy={create.isPending}
        error={create.error}
        onCancel={props.onClose}
        onSubmit={(values) => create.mutate({ type: props.type, ...values }, { onSuccess: props.onMade })}
      />
    </Modal>
  );
}
