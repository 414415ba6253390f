import { useParams } from "@tanstack/react-router";
import { PresetEditor } from "@/features/prompts/preset-editor";
import { PresetList } from "@/features/prompts/preset-list";

export function Presets() {
  return <PresetList />;
}

export function EditPreset() {
  const { id = "new" } = useParams({ strict: false });
  return <PresetEditor key={id} id={id} />;
}
