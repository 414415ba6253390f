import { IconBrandGithub, IconBrandGoogle, IconKey } from "@tabler/icons-react";

/** The sign of a sign-in provider. */
export function ProviderIcon({ id }: { id: string }) {
  const Icon = id === "github" ? IconBrandGithub : id === "google" ? IconBrandGoogle : IconKey;
  return <Icon size={18} stroke={1.7} aria-hidden="true" />;
}
