import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Account, accountQuery } from "@/api/account";
import classes from "./account.module.css";
import { ChangePassword } from "./change-password";
import { Identities } from "./identities";
import { Loaded } from "./loaded";
import { type FactorDialog, SecondFactorDialogs, SecondFactorRow } from "./second-factor-row";
import { Row, Section } from "./section";

/** Who one is here, and all that it takes to come in. */
export function SignInSettings({ error }: { error: string | undefined }) {
  const account = useQuery(accountQuery);
  return (
    <Loaded query={account} what="Your account" rows={3}>
      {(data) => (data.isGuest ? <Guest /> : <Settings account={data} error={error} />)}
    </Loaded>
  );
}

function Guest() {
  return (
    <Section
      id="guest"
      title="You are here as a guest"
      lead={
        <>
          Only this browser leads to what you make here, and for 30 days at most. With an account everything
          stays yours, on every device.
        </>
      }
    >
      <div className={classes.buttons}>
        <Button renderRoot={(rest) => <Link to="/register" search={{ next: "/account" }} {...rest} />}>
          Create an account
        </Button>
        <Button
          variant="default"
          renderRoot={(rest) => <Link to="/sign-in" search={{ next: "/account" }} {...rest} />}
        >
          Sign in to another account
        </Button>
      </div>
    </Section>
  );
}

function Settings({ account, error }: { account: Account; error: string | undefined }) {
  const [open, setOpen] = useState<"first" | "password" | FactorDialog | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Section id="sign-in" title="Sign-in">
        <ul className={classes.rows}>
          <Row name="E-mail" note={account.email} />
          <Row
            name="Password"
            note={
              account.hasPassword
                ? "Changing it signs all other browsers out."
                : "None. You sign in with another account of yours."
            }
            actions={
              <Button
                size="sm"
                variant="default"
                onClick={() => setOpen(account.hasPassword ? "password" : "first")}
              >
                {account.hasPassword ? "Change password" : "Set a password"}
              </Button>
            }
          />
          <SecondFactorRow hasPassword={account.hasPassword} onOpen={setOpen} />
        </ul>
        <ChangePassword email={account.email} isFirst={false} opened={open === "password"} onClose={close} />
        <ChangePassword email={account.email} isFirst opened={open === "first"} onClose={close} />
        <SecondFactorDialogs open={open} onClose={close} />
      </Section>
      <Identities hasPassword={account.hasPassword} error={error} />
    </>
  );
}
