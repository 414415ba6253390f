import { Link } from "@tanstack/react-router";
import { Page } from "@/components/shell";
import { EmptyState } from "@/components/states";
import classes from "./account.module.css";
import { Activity } from "./activity";
import { Keys } from "./keys";
import { Sessions } from "./sessions";
import { SignInSettings } from "./sign-in-settings";
import { YourData } from "./your-data";

const PARTS = [
  { part: undefined, name: "Sign-in" },
  { part: "sessions", name: "Sessions" },
  { part: "keys", name: "API keys" },
  { part: "activity", name: "Activity" },
  { part: "data", name: "Your data" },
] as const;

/** The account, part by part. `error`: how a sign-in with a provider ended that was to be linked. */
export function AccountPage({ part, error }: { part: string | undefined; error: string | undefined }) {
  const here = PARTS.find((each) => each.part === part);
  return (
    <Page title="Account" about={here?.part ? `${here.name} · Account` : "Account"}>
      <div className={classes.account}>
        <nav className={classes.parts} aria-label="Account">
          {PARTS.map(({ part: each, name }) => (
            <Link key={name} to="/account/{-$part}" params={{ part: each }} activeOptions={{ exact: true }}>
              {name}
            </Link>
          ))}
        </nav>
        <div className={classes.contents}>
          <Part part={here ? part : "unknown"} error={error} />
        </div>
      </div>
    </Page>
  );
}

function Part({ part, error }: { part: string | undefined; error: string | undefined }) {
  switch (part) {
    case undefined:
      return <SignInSettings error={error} />;
    case "sessions":
      return <Sessions />;
    case "keys":
      return <Keys />;
    case "activity":
      return <Activity />;
    case "data":
      return <YourData />;
    default:
      return <EmptyState title="Nothing is at this address">Choose a part of the account.</EmptyState>;
  }
}
