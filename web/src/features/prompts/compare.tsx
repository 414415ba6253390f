import { useQuery } from "@tanstack/react-query";
import type { ComponentValues } from "@/components/component-form";
import classes from "./compare.module.css";
import { type Library, type Piece, type Row, rows } from "./diff-rows";

/** Loaded when two texts are first compared; without it they still stand side by side, unmarked. */
function useLibrary(): Library | undefined {
  const { data } = useQuery({
    queryKey: ["library", "diff"],
    queryFn: (): Promise<Library> => import("diff"),
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: "always",
    retry: false,
  });
  return data;
}

const listed = (items: string[], others: string[]): Piece[] =>
  items.map((text, place) => ({
    text: place < items.length - 1 ? `${text}, ` : text,
    changed: !others.includes(text),
  }));

const FIELDS = [
  { label: "Name", of: (values: ComponentValues) => [values.name.trim()] },
  { label: "Description", of: (values: ComponentValues) => [values.description.trim()].filter(Boolean) },
  { label: "Tags", of: (values: ComponentValues) => values.tags },
];

/** Two states of a component side by side, or under each other where there is no room. */
export function Compare(props: {
  before: ComponentValues;
  after: ComponentValues;
  /** What the two are, as headings. */
  titles: [string, string];
}) {
  const { before, after, titles } = props;
  const library = useLibrary();
  const plain: Row[] = [
    {
      same: before.content === after.content,
      left: [{ text: before.content, changed: false }],
      right: [{ text: after.content, changed: false }],
    },
  ];
  const fields = FIELDS.map(({ label, of }) => ({ label, was: of(before), is: of(after) })).filter(
    ({ was, is }) => was.join("\n") !== is.join("\n"),
  );
  const texts = library ? rows(before.content, after.content, library) : plain;
  const changed = before.content.trim() !== after.content.trim();
  return (
    <div className={classes.compare}>
      {fields.length === 0 && !changed ? <p className={classes.same}>They say the same.</p> : null}
      <div className={classes.row} data-head>
        <h3>{titles[0]}</h3>
        <h3>{titles[1]}</h3>
      </div>
      {fields.map(({ label, was, is }) => (
        <div key={label} className={classes.row} data-field>
          <p>
            <span className={classes.label}>{label} </span>
            {was.length > 0 ? listed(was, is).map(marked("del")) : <i>none</i>}
          </p>
          <p>
            <span className={classes.label}>{label} </span>
            {is.length > 0 ? listed(is, was).map(marked("ins")) : <i>none</i>}
          </p>
        </div>
      ))}
      {texts.map((row, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no state and never move.
        <div key={place} className={classes.row} data-same={row.same || undefined}>
          <p>{row.left.map(marked("del"))}</p>
          <p>{row.right.map(marked("ins"))}</p>
        </div>
      ))}
    </div>
  );
}

const marked = (Mark: "del" | "ins") =>
  function Marked(piece: Piece, place: number) {
    return piece.changed ? <Mark key={place}>{piece.text}</Mark> : <span key={place}>{piece.text}</span>;
  };
