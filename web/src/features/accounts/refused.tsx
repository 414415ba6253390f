import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { identitiesQuery } from "@/api/account";
import { explain, isRefusal } from "@/api/client";
import { providerAddress } from "@/api/entry";
import classes from "./account.module.css";
import { useProviderNames } from "./use-provider-names";

const isStale = (error: unknown): boolean => isRefusal(error) && error.code === "forbidden:stale_session";

/** Why an act was refused; whoever has no password and signed in long ago gets the way to do that again. */
export function Refused({ error, next }: { error: unknown; next: string }) {
  if (!error) return null;
  return (
    <div className={classes.refused} role="alert">
      <p>
        {isStale(error)
          ? "To see that it is you, sign in again first. That holds for ten minutes."
          : explain(error)}
      </p>
      {isStale(error) ? <Again next={next} /> : null}
    </div>
  );
}

function Again({ next }: { next: string }) {
  const { data } = useQuery(identitiesQuery);
  const names = useProviderNames();
  const providers = [...new Set((data?.items ?? []).map(({ provider }) => provider))];
  return (
    <div className={classes.buttons}>
      {providers.map((id) => (
        <Button key={id} size="sm" component="a" href={providerAddress(id, next)}>
          Sign in again with {names(id)}
        </Button>
      ))}
    </div>
  );
}

/** The password that was given is wrong: that stands beside its field. */
export const wrongPassword = (error: unknown): string | undefined =>
  isRefusal(error) && error.code === "forbidden:password" ? error.message : undefined;

export const wrongCode = (error: unknown): string | undefined =>
  isRefusal(error) && error.code === "forbidden:second_factor" ? error.message : undefined;
