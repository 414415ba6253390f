import { useParams, useSearch } from "@tanstack/react-router";
import { Library } from "@/features/prompts/library";
import { isType } from "@/lib/slots";

export default function LibraryRoute() {
  const { type } = useParams({ strict: false });
  const { edit, create } = useSearch({ strict: false });
  return <Library type={isType(type) ? type : undefined} edit={edit} create={create} />;
}
