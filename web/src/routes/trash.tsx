import { Trash } from "@/features/prompts/trash";

export default function TrashRoute() {
  return <Trash />;
}
