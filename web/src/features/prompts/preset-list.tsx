import { ActionIcon, Button, Skeleton, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Preset, presetsQuery } from "@/api/presets";
import { billingQuery } from "@/api/session";
import { matches } from "@/components/picker-search";
import { Page, SearchField } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { TypeIcon } from "@/components/type-icon";
import { ago } from "@/lib/format";
import { TYPES } from "@/lib/slots";
import { DeletePreset } from "./delete-preset";
import classes from "./presets.module.css";

export function PresetList() {
  const presets = useQuery(presetsQuery);
  const billing = useQuery(billingQuery);
  const [search, setSearch] = useState("");
  const [doomed, setDoomed] = useState<Preset | null>(null);
  const limit = billing.data?.limits.maxPresets;
  const items = presets.data ?? [];
  const shown = matches(
    items.map((preset) => ({ preset, label: preset.name, detail: preset.description ?? "" })),
    search,
  );
  const create = (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(rest) => <Link to="/presets/$id" params={{ id: "new" }} {...rest} />}
    >
      New preset
    </Button>
  );
  return (
    <Page
      title="Presets"
      note={limit && presets.data ? `${items.length} of ${limit}` : undefined}
      tools={
        <>
          <SearchField label="Search your presets" value={search} onChange={setSearch} />
          {create}
        </>
      }
    >
      {presets.isPending ? (
        <div className={classes.grid} role="status" aria-label="Loading your presets">
          {[0, 1, 2].map((place) => (
            <Skeleton key={place} h={190} radius="lg" />
          ))}
        </div>
      ) : null}
      {presets.isError && !presets.data ? (
        <ErrorState
          title="Your presets did not load"
          error={presets.error}
          retry={() => void presets.refetch()}
        />
      ) : null}
      {presets.data && items.length === 0 ? (
        <EmptyState title="No presets yet" actions={create}>
          A preset keeps a mix of up to four parts under one name, so that a chat can start with it at once.
        </EmptyState>
      ) : null}
      {items.length > 0 && shown.length === 0 ? <EmptyState title={`No preset fits “${search}”`} /> : null}
      <ul className={classes.grid}>
        {shown.map(({ preset }) => (
          <li key={preset.id}>
            <Card preset={preset} onDelete={() => setDoomed(preset)} />
          </li>
        ))}
      </ul>
      <DeletePreset preset={doomed} onClose={() => setDoomed(null)} onDone={() => setDoomed(null)} />
    </Page>
  );
}

function Card({ preset, onDelete }: { preset: Preset; onDelete: () => void }) {
  return (
    <article className={classes.card} data-incomplete={preset.isIncomplete || undefined}>
      <h2>
        <Link to="/presets/$id" params={{ id: preset.id }}>
          {preset.name}
        </Link>
      </h2>
      {preset.description ? <p className={classes.what}>{preset.description}</p> : null}
      <ul className={classes.parts}>
        {TYPES.map((type) => {
          const part = preset[type];
          const lost = preset.missing.includes(type);
          if (!part && !lost) return null;
          return (
            <li key={type} className={lost ? classes.lost : undefined}>
              <TypeIcon type={type} />
              <span>{part ? part.name : `lost its ${type}`}</span>
            </li>
          );
        })}
      </ul>
      <div className={classes.foot}>
        <span>
          {preset.lastUsedAt ? `Used ${preset.usageCount}×, last ${ago(preset.lastUsedAt)}` : "Not used yet"}
        </span>
        <Tooltip label="Delete">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={`Delete “${preset.name}”`}
            onClick={onDelete}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
        <Button
          size="xs"
          variant="default"
          renderRoot={(rest) => <Link to="/" search={{ preset: preset.id }} {...rest} />}
        >
          Use in chat
        </Button>
      </div>
    </article>
  );
}
