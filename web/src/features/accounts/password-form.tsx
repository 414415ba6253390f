import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { explain, isRefusal } from "@/api/client";
import { useSignIn } from "@/api/entry";
import classes from "./entry.module.css";
import { newPasswordTrouble, PASSWORD_RULE } from "./password-rules";

/** E-mail and password. `onRefused` hears every refusal; those that belong to a field stand beside it. */
export function PasswordForm(props: {
  how: "login" | "register";
  action: string;
  onDone: () => Promise<void>;
  onRefused: (error: unknown) => void;
}) {
  const { how } = props;
  const isNew = how === "register";
  const enter = useSignIn(how);
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : "Enter an e-mail address."),
      password: (password) =>
        isNew ? newPasswordTrouble(password) : password === "" ? "Enter your password." : null,
    },
  });

  function submit(values: { email: string; password: string }) {
    enter.mutate(
      { email: values.email.trim(), password: values.password },
      {
        onSuccess: props.onDone,
        onError: (error) => {
          props.onRefused(error);
          if (isRefusal(error, 409)) form.setFieldError("email", error.message);
          else if (isRefusal(error)) {
            form.setErrors(Object.fromEntries(error.errors.map((wrong) => [wrong.path, wrong.message])));
          }
        },
      },
    );
  }

  const { error } = enter;
  const beside = isRefusal(error) && (error.status === 409 || error.errors.length > 0);
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <TextInput
        label="E-mail"
        type="email"
        autoComplete="username"
        autoFocus
        {...form.getInputProps("email")}
      />
      <PasswordInput
        mt="md"
        label="Password"
        description={isNew ? PASSWORD_RULE : undefined}
        autoComplete={isNew ? "new-password" : "current-password"}
        {...form.getInputProps("password")}
      />
      {error && !beside ? (
        <p className={classes.refusal} role="alert">
          {explain(error)}
        </p>
      ) : null}
      <Button type="submit" fullWidth mt="lg" loading={enter.isPending}>
        {props.action}
      </Button>
    </form>
  );
}
