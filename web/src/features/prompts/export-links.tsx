import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { exportAddress } from "@/api/exchange";
import classes from "./import.module.css";

const FORMATS = [
  {
    format: "json",
    label: "JSON",
    what: "Everything: parts with all their versions, presets, what is used how much. Can be imported again.",
  },
  { format: "markdown", label: "Markdown", what: "One page to read or to print. Cannot be imported again." },
  {
    format: "skills",
    label: "SKILL.md (zip)",
    what: "One folder per part, for programs that take Agent Skills. Can be imported again, without presets.",
  },
] as const;

/** The library as a file to keep. */
export function ExportLinks() {
  return (
    <section className={classes.section} aria-labelledby="take">
      <h2 id="take">Export</h2>
      <p className={classes.lead}>Download your whole library. It stays here too.</p>
      <ul className={classes.formats}>
        {FORMATS.map(({ format, label, what }) => (
          <li key={format}>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} />}
              component="a"
              href={exportAddress(format)}
              download
              aria-describedby={`export-${format}`}
            >
              {label}
            </Button>
            <span className={classes.what} id={`export-${format}`}>
              {what}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
