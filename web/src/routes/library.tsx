import { useParams, useSearch } from "@tanstack/react-router";
import { Library } from "@/features/prompts/library";
import { isType } from "@/lib/slots";

export default function LibraryRoute() {
  const { type } = useParams({ strict: false });
  const { edit, create, q, tag, sort } = useSearch({ from: "/signed-in/library/{-$type}" });
  return (
    <Library type={isType(type) ? type : undefined} edit={edit} create={create} q={q} tag={tag} sort={sort} />
  );
}
