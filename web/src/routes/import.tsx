import { BringAndTake } from "@/features/prompts/bring-and-take";

export default function ImportRoute() {
  return <BringAndTake />;
}
