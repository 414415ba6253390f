import { Button, Group, Modal, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useChangePassword } from "@/api/account";
import { isRefusal } from "@/api/client";
import { newPasswordTrouble, PASSWORD_RULE } from "./password-rules";
import { Refused, wrongPassword } from "./refused";

interface Dialog {
  email: string;
  /** There is none yet. */
  isFirst: boolean;
  opened: boolean;
  onClose: () => void;
}

/** A new password, or the first one. */
export function ChangePassword(props: Dialog) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.isFirst ? "Set a password" : "Change password"}
    >
      <Form {...props} />
    </Modal>
  );
}

function Form({ email, isFirst, onClose }: Dialog) {
  const change = useChangePassword();
  const form = useForm({
    initialValues: { current: "", password: "" },
    validate: {
      current: (current) => (!isFirst && current === "" ? "Enter your present password." : null),
      password: newPasswordTrouble,
    },
  });

  function submit({ current, password }: { current: string; password: string }) {
    change.mutate(
      { current: isFirst ? null : current, new: password },
      {
        onSuccess: () => {
          notifications.show({
            message: isFirst
              ? "The password is set. You can sign in with your e-mail address and it."
              : "The password is changed. All other browsers are signed out.",
          });
          onClose();
        },
        onError: (error) => {
          form.setFieldError("current", wrongPassword(error));
          if (isRefusal(error, 400))
            form.setFieldError("password", error.errors[0]?.message ?? error.message);
        },
      },
    );
  }

  const beside = wrongPassword(change.error) || isRefusal(change.error, 400);
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      {/* For password managers: whose password it is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      {isFirst ? null : (
        <PasswordInput
          mb="md"
          label="Present password"
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps("current")}
        />
      )}
      <PasswordInput
        label="New password"
        description={PASSWORD_RULE}
        autoComplete="new-password"
        data-autofocus={isFirst || undefined}
        {...form.getInputProps("password")}
      />
      <Refused error={beside ? null : change.error} next="/account" />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={change.isPending}>
          {isFirst ? "Set the password" : "Change password"}
        </Button>
      </Group>
    </form>
  );
}
