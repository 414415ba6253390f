import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Checkbox.css";
import { Button, Checkbox, Group, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type MadeKey, type Scope, useMakeKey } from "@/api/account";
import { explain, isRefusal } from "@/api/client";
import { CopyButton } from "@/components/copy-button";
import { plural } from "@/lib/format";
import classes from "./account.module.css";
import { endOf, LIFETIMES, SCOPES } from "./key-words";
import { Refused } from "./refused";

const FOREVER = "forever";
const EXPIRIES = [
  ...LIFETIMES.map((days) => ({ value: String(days), label: plural(days, "day") })),
  { value: FOREVER, label: "It does not end" },
];

/** Makes a key, and shows it once. */
export function NewKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const make = useMakeKey();
  const close = () => {
    onClose();
    make.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={make.data ? "Copy your new key" : "New API key"}
      // What is shown once must not vanish with a slip of the hand.
      closeOnClickOutside={!make.data}
      closeOnEscape={!make.data}
      withCloseButton={!make.data}
    >
      {make.data ? <Made made={make.data} onDone={close} /> : <Form make={make} onCancel={close} />}
    </Modal>
  );
}

function Form({ make, onCancel }: { make: ReturnType<typeof useMakeKey>; onCancel: () => void }) {
  const form = useForm({
    initialValues: { name: "", scopes: ["read", "chat"] as Scope[], expiry: "90" },
    validate: {
      name: (name) => (name.trim() === "" ? "Name it, so that you know it again." : null),
      scopes: (scopes) => (scopes.length === 0 ? "Allow at least one thing." : null),
    },
  });
  const { expiry } = form.values;
  const wrong = isRefusal(make.error, 400) && make.error.errors.length > 0;

  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, scopes }) =>
        make.mutate({
          name: name.trim(),
          scopes,
          expiresInDays: expiry === FOREVER ? null : Number(expiry),
        }),
      )}
    >
      <TextInput
        label="Name"
        description="What will use it"
        placeholder="My editor"
        maxLength={100}
        autoComplete="off"
        data-autofocus
        {...form.getInputProps("name")}
        error={form.errors.name ?? (wrong ? explain(make.error) : undefined)}
      />
      <Checkbox.Group mt="md" label="It may" {...form.getInputProps("scopes")}>
        <div className={classes.scopes}>
          {SCOPES.map(({ scope, name, what }) => (
            <Checkbox key={scope} value={scope} label={name} description={what} />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        mt="md"
        label="It ends after"
        description={
          expiry === FOREVER ? "Revoke it when you no longer need it." : `On ${endOf(Number(expiry))}`
        }
        data={EXPIRIES}
        {...form.getInputProps("expiry")}
      />
      <Refused error={wrong ? null : make.error} next="/account/keys" />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={make.isPending}>
          Make the key
        </Button>
      </Group>
    </form>
  );
}

function Made({ made, onDone }: { made: MadeKey; onDone: () => void }) {
  return (
    <>
      <p className={classes.step}>
        “{made.item.name}” is ready. The key is shown only now: keep it like a password.
      </p>
      <div className={classes.key}>
        <TextInput
          label="The key"
          classNames={{ input: classes.mono }}
          value={made.key}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={made.key} label="Copy key" autoFocus />
      </div>
      <p className={classes.step}>A program sends it along with every request:</p>
      <pre className={classes.example}>
        {`curl -H "Authorization: Bearer $QUARTET_KEY" \\\n  ${location.origin}/api/models`}
      </pre>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onDone}>I have kept it</Button>
      </Group>
    </>
  );
}
