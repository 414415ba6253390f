import { Button, Group, Modal, PasswordInput, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type Account, useDeleteAccount } from "@/api/account";
import { isRefusal } from "@/api/client";
import classes from "./account.module.css";
import { Refused, wrongPassword } from "./refused";

/** Deletes the account after its owner has shown who they are: by the password, else by typing the address. */
export function DeleteAccount({ account }: { account: Account }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" c="var(--q-danger)" onClick={() => setOpened(true)}>
        Delete account
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Delete your account for good?">
        <Form account={account} onCancel={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function Form({ account, onCancel }: { account: Account; onCancel: () => void }) {
  const remove = useDeleteAccount();
  const [given, setGiven] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const { hasPassword, isGuest, email } = account;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (hasPassword && given === "") return setWrong("Enter your password.");
    if (!hasPassword && !isGuest && given.trim().toLowerCase() !== email.toLowerCase())
      return setWrong("This is not the address of this account.");
    remove.mutate(hasPassword ? given : null, {
      // A whole new page: nothing of the person who is gone stays in memory.
      onSuccess: () => location.assign("/sign-in?deleted=true"),
    });
  }

  const field = {
    value: given,
    error: wrong ?? wrongPassword(remove.error),
    onChange: (event: { currentTarget: { value: string } }) => {
      setGiven(event.currentTarget.value);
      setWrong(undefined);
      if (remove.isError) remove.reset();
    },
    "data-autofocus": true,
  };
  const renews = isRefusal(remove.error, 409);
  return (
    <form onSubmit={submit} noValidate>
      <p className={classes.step}>With it go, at once and for everybody:</p>
      <ul className={classes.going}>
        <li>all chats with their pictures, those you shared too</li>
        <li>all parts with their versions, presets, and the trash</li>
        <li>sessions, API keys, linked sign-ins, usage and activity</li>
      </ul>
      {hasPassword ? (
        <PasswordInput label="Your password" autoComplete="current-password" {...field} />
      ) : isGuest ? null : (
        <TextInput label={`Type ${email} to confirm`} autoComplete="off" spellCheck={false} {...field} />
      )}
      <Refused error={wrongPassword(remove.error) ? null : remove.error} next="/account/data" />
      {renews ? (
        <Button mt="xs" size="sm" variant="default" renderRoot={(rest) => <Link to="/plan" {...rest} />}>
          Go to the Plan page
        </Button>
      ) : null}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onCancel} data-autofocus={isGuest || undefined}>
          Keep the account
        </Button>
        <Button type="submit" color="danger" loading={remove.isPending || remove.isSuccess}>
          Delete for good
        </Button>
      </Group>
    </form>
  );
}
