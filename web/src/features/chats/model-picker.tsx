import { UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconDeviceDesktopCog, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { localModelsQuery, type Model, modelsQuery } from "@/api/models";
import { later } from "@/components/later";
import { Picker, type PickerGroup } from "@/components/picker";
import { short } from "@/lib/format";
import { read, write } from "@/lib/storage";
import classes from "./tool-row.module.css";

const LocalModels = later(() => import("./local-models"));

const MANAGE = "manage-local";
const PROVIDERS: Record<string, string> = {
  local: "On this machine",
  openai: "OpenAI",
  anthropic: "Anthropic",
};

type Catalogue = Record<string, Model>;

/** The model of the next turn: the one last picked here while the plan has it, else the server's choice. */
export function useModel() {
  const { data, isPending } = useQuery(modelsQuery);
  const [picked, setPicked] = useState(() => read("model"));
  const usable = (id: string | null): id is string => id !== null && data?.[id]?.inPlan === true;
  const first = Object.entries(data ?? {}).find(([, model]) => model.isDefault && model.inPlan)?.[0];
  const fallback = first ?? Object.entries(data ?? {}).find(([, model]) => model.inPlan)?.[0];
  return {
    id: usable(picked) ? picked : fallback,
    /** The list has not answered yet: without an id the server takes its default. */
    isPending,
    pick: (id: string) => {
      write("model", id);
      setPicked(id);
    },
  };
}

function facts(model: Model): string {
  const price = model.price ? `$${model.price.input} in, $${model.price.output} out per 1M` : null;
  const able = [model.vision && "sees pictures", model.reasoning && "reasons"].filter(Boolean).join(", ");
  const window = model.contextWindow ? `${short(model.contextWindow)} context` : null;
  return [model.inPlan ? null : "Not in your plan", model.note, window, price, able]
    .filter(Boolean)
    .join(" · ");
}

export function byProvider(models: Catalogue): PickerGroup[] {
  const groups = new Map<string, PickerGroup>();
  for (const [id, model] of Object.entries(models)) {
    const label = PROVIDERS[model.provider] ?? model.provider;
    const group = groups.get(model.provider) ?? { label, options: [] };
    group.options.push({
      value: id,
      label: model.name,
      detail: facts(model),
      disabled: !model.inPlan,
      roomy: true,
    });
    groups.set(model.provider, group);
  }
  return [...groups.values()];
}

export function ModelPicker(props: {
  value: string | undefined;
  onPick: (id: string) => void;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onLeave: () => void;
}) {
  const models = useQuery(modelsQuery);
  const local = useQuery({ ...localModelsQuery, enabled: props.opened });
  const [managing, setManaging] = useState(false);
  const leave = () => {
    setManaging(false);
    props.onLeave();
  };
  const manageable = local.data?.manageable === true;
  const model = props.value ? models.data?.[props.value] : undefined;
  const name = model?.name ?? (models.isPending ? "…" : "No model");
  return (
    <>
      <Picker
        label="Models"
        groups={byProvider(models.data ?? {})}
        actions={
          manageable
            ? [
                {
                  value: MANAGE,
                  label: "Models on this machine …",
                  icon: <IconDeviceDesktopCog size={16} aria-hidden="true" />,
                },
              ]
            : []
        }
        value={props.value}
        onPick={(choice) => (choice === MANAGE ? setManaging(true) : props.onPick(choice))}
        opened={props.opened}
        onOpened={props.onOpened}
        onLeave={props.onLeave}
        loading={models.isFetching}
        empty={models.isError ? "The list of models did not load." : "No model is set up."}
        position="top-start"
        width={400}
        target={
          <UnstyledButton
            className={classes.model}
            aria-haspopup="listbox"
            aria-expanded={props.opened}
            aria-label={`Model: ${name}`}
            onClick={() => props.onOpened(!props.opened)}
          >
            <IconSparkles size={15} stroke={1.7} aria-hidden="true" />
            <span className={classes.label}>{name}</span>
            <IconChevronDown size={14} aria-hidden="true" />
          </UnstyledButton>
        }
      />
      {managing ? <LocalModels onClose={leave} /> : null}
    </>
  );
}
