import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SecondFactor, secondFactorQuery } from "@/api/account";
import { explain } from "@/api/client";
import { day, plural } from "@/lib/format";
import { RenewRecoveryCodes, TurnOffSecondFactor } from "./second-factor-changes";
import { SecondFactorSetup } from "./second-factor-setup";
import { Badge, Row } from "./section";

const FEW = 3;

export type FactorDialog = "setup" | "renew" | "off";

/** Whether a code is asked for besides the password, and how to change that. */
export function SecondFactorRow(props: { hasPassword: boolean; onOpen: (dialog: FactorDialog) => void }) {
  const { hasPassword, onOpen } = props;
  const state = useQuery(secondFactorQuery);
  const isOn = state.data?.isOn ?? false;
  return (
    <Row
      name="Two-factor sign-in"
      badge={state.data ? <Badge kind={isOn ? "good" : undefined}>{isOn ? "On" : "Off"}</Badge> : null}
      note={state.isError ? `This did not load. ${explain(state.error)}` : noteOf(state.data, hasPassword)}
      actions={
        state.data && (isOn || hasPassword) ? (
          isOn ? (
            <>
              <Button size="sm" variant="default" onClick={() => onOpen("renew")}>
                New recovery codes
              </Button>
              <Button size="sm" variant="default" c="var(--q-danger)" onClick={() => onOpen("off")}>
                Turn off
              </Button>
            </>
          ) : (
            <Button size="sm" variant="default" onClick={() => onOpen("setup")}>
              Turn on
            </Button>
          )
        ) : state.isError ? (
          <Button size="sm" variant="default" onClick={() => void state.refetch()}>
            Try again
          </Button>
        ) : null
      }
    />
  );
}

/** What the buttons of the row open. */
export function SecondFactorDialogs({ open, onClose }: { open: string | null; onClose: () => void }) {
  return (
    <>
      <SecondFactorSetup opened={open === "setup"} onClose={onClose} />
      <RenewRecoveryCodes opened={open === "renew"} onClose={onClose} />
      <TurnOffSecondFactor opened={open === "off"} onClose={onClose} />
    </>
  );
}

function noteOf(state: SecondFactor | undefined, hasPassword: boolean): string {
  if (!state) return "Loading …";
  if (!state.isOn) {
    return hasPassword
      ? "A code from an app on your phone, asked for besides your password."
      : "Set a password first: the code is asked for besides it.";
  }
  const left = state.recoveryCodesLeft;
  const codes = left === 0 ? "No recovery codes left" : `${plural(left, "recovery code")} left`;
  const since = state.since ? `Since ${day(state.since)}. ` : "";
  return `${since}${codes}${left <= FEW ? ": make new ones" : ""}.`;
}
