import { useParams, useSearch } from "@tanstack/react-router";
import { AccountPage } from "@/features/accounts/account-page";

export default function AccountRoute() {
  const { part } = useParams({ strict: false });
  const { error } = useSearch({ from: "/signed-in/account/{-$part}" });
  return <AccountPage part={part} error={error} />;
}
