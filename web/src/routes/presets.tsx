export function Presets() { return null; }
export function EditPreset() { return null; }
