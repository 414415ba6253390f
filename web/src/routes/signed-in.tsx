import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { Shell } from "@/components/shell";
import { UserMenu } from "@/features/accounts/user-menu";
import { History } from "@/features/chats/history";

export default function SignedIn() {
  const { data: session } = useQuery(sessionQuery);
  // Who is not signed in got here by the link to a shared chat, which is a whole page of its own.
  if (session && !session.user) return <Outlet />;
  return (
    <Shell history={<History />} user={<UserMenu />}>
      <Outlet />
    </Shell>
  );
}
