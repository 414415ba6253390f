import { Outlet } from "@tanstack/react-router";
import { Shell } from "@/components/shell";
import { UserMenu } from "@/features/accounts/user-menu";
import { History } from "@/features/chats/history";

export default function SignedIn() {
  return (
    <Shell history={<History />} user={<UserMenu />}>
      <Outlet />
    </Shell>
  );
}
