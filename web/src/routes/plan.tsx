import { useSearch } from "@tanstack/react-router";
import { PlanPage } from "@/features/billing/plan-page";

export default function PlanRoute() {
  const { checkout_id } = useSearch({ from: "/signed-in/plan" });
  return <PlanPage checkoutId={checkout_id} />;
}
