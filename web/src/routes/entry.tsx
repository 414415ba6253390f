import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { Entry } from "@/features/accounts/entry";

export function SignIn() {
  return <Either how="login" />;
}

export function Register() {
  return <Either how="register" />;
}

function Either({ how }: { how: "login" | "register" }) {
  const { next, error, deleted } = useSearch({ strict: false });
  const { data } = useQuery(sessionQuery);
  return (
    <Entry
      key={how}
      how={how}
      next={next ?? "/"}
      error={error}
      isGuest={data?.user?.isGuest ?? false}
      isGone={deleted ?? false}
    />
  );
}
