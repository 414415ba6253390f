import "@mantine/spotlight/styles.css";
import { Spotlight, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import {
  IconFileImport,
  IconGauge,
  IconMessage,
  IconPencilPlus,
  IconPlus,
  IconSearch,
  IconStack2,
  IconTrash,
  IconUserCircle,
  IconVocabulary,
} from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { historyQuery } from "@/api/chats";
import { presetsQuery } from "@/api/presets";
import { TYPE_NAMES, TYPES } from "@/lib/slots";
import { TypeIcon } from "./type-icon";

const ICON = { size: 18, stroke: 1.7, "aria-hidden": true } as const;

const ACCOUNT = [
  { part: undefined, label: "Account" },
  { part: "sessions", label: "Account: sessions" },
  { part: "keys", label: "Account: API keys" },
  { part: "activity", label: "Account: activity" },
  { part: "data", label: "Account: your data" },
];

/** Everywhere one can go, by typing. `opened` counts the openings: each new count opens it again. */
export default function Palette({ opened }: { opened: number }) {
  const navigate = useNavigate();
  const history = useInfiniteQuery(historyQuery);
  const presets = useQuery(presetsQuery);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the count is the signal.
  useEffect(() => spotlight.open(), [opened]);

  const groups: SpotlightActionGroupData[] = [
    {
      group: "Go to",
      actions: [
        {
          id: "new",
          label: "New chat",
          leftSection: <IconPencilPlus {...ICON} />,
          onClick: () => navigate({ to: "/" }),
        },
        {
          id: "library",
          label: "Library",
          leftSection: <IconVocabulary {...ICON} />,
          onClick: () => navigate({ to: "/library/{-$type}" }),
        },
        {
          id: "presets",
          label: "Presets",
          leftSection: <IconStack2 {...ICON} />,
          onClick: () => navigate({ to: "/presets" }),
        },
        {
          id: "import",
          label: "Import and export",
          leftSection: <IconFileImport {...ICON} />,
          onClick: () => navigate({ to: "/library/import" }),
        },
        {
          id: "trash",
          label: "Trash",
          leftSection: <IconTrash {...ICON} />,
          onClick: () => navigate({ to: "/trash" }),
        },
        {
          id: "plan",
          label: "Plan and usage",
          leftSection: <IconGauge {...ICON} />,
          onClick: () => navigate({ to: "/plan" }),
        },
        ...ACCOUNT.map(({ part, label }) => ({
          id: `account-${part ?? "sign-in"}`,
          label,
          leftSection: <IconUserCircle {...ICON} />,
          onClick: () => navigate({ to: "/account/{-$part}", params: { part } }),
        })),
      ],
    },
    {
      group: "Create",
      actions: [
        ...TYPES.map((type) => ({
          id: `create-${type}`,
          label: `New ${TYPE_NAMES[type].one.toLowerCase()}`,
          leftSection: <TypeIcon type={type} size={18} />,
          onClick: () => navigate({ to: "/library/{-$type}", search: { create: type } }),
        })),
        {
          id: "create-preset",
          label: "New preset",
          leftSection: <IconPlus {...ICON} />,
          onClick: () => navigate({ to: "/presets/$id", params: { id: "new" } }),
        },
      ],
    },
    {
      group: "Start a chat with",
      actions: (presets.data ?? []).map((preset) => ({
        id: preset.id,
        label: preset.name,
        leftSection: <IconStack2 {...ICON} />,
        onClick: () => navigate({ to: "/", search: { preset: preset.id } }),
      })),
    },
    {
      group: "Chats",
      actions: (history.data?.pages ?? []).flatMap((page) =>
        page.chats.map((chat) => ({
          id: chat.id,
          label: chat.title,
          leftSection: <IconMessage {...ICON} />,
          onClick: () => navigate({ to: "/chat/$id", params: { id: chat.id } }),
        })),
      ),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      shortcut={null}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      limit={40}
      scrollable
      maxHeight={420}
      nothingFound="Nothing fits."
      searchProps={{
        leftSection: <IconSearch {...ICON} />,
        placeholder: "Go to a chat, a preset, a page",
        "aria-label": "Go to a chat, a preset, a page",
      }}
    />
  );
}
