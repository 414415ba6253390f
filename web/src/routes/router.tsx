import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { chatQuery } from "@/api/chats";
import { Unreachable } from "@/api/client";
import type { ComponentSort } from "@/api/components";
import { providersQuery } from "@/api/entry";
import { queryClient } from "@/api/query-client";
import { sessionQuery } from "@/api/session";
import { EmptyState, ErrorState } from "@/components/states";
import { isType, type Type } from "@/lib/slots";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** What a person typed: the router reads "2024" in an address as a number. */
const words = (value: unknown): string | undefined =>
  text(typeof value === "number" || typeof value === "boolean" ? String(value) : value);

/** Only a path of ours: anything else in the address bar could lead a signed-in person away. */
const ownPath = (value: unknown): string | undefined => {
  const path = text(value);
  return path && /^\/(?![/\\])/.test(path) ? path : undefined;
};

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

type Raw = Record<string, unknown>;

const entry = {
  validateSearch: (search: Raw): { next?: string; error?: string; deleted?: true } => ({
    next: ownPath(search.next),
    error: text(search.error),
    deleted: search.deleted === true ? true : undefined,
  }),
  // So that no button comes late and moves another one.
  loader: ({ context }: { context: { queryClient: QueryClient } }) =>
    context.queryClient.ensureQueryData(providersQuery).catch(() => null),
};
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  ...entry,
  component: lazyRouteComponent(() => import("./entry"), "SignIn"),
});
const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  ...entry,
  component: lazyRouteComponent(() => import("./entry"), "Register"),
});

/** A chat that its owner shared: anyone may read it. */
async function isShared(client: QueryClient, path: string): Promise<boolean> {
  const id = /^\/chat\/([^/]+)$/.exec(path)?.[1];
  if (!id) return false;
  return client.fetchQuery({ ...chatQuery(id), staleTime: 0 }).then(
    () => true,
    () => false,
  );
}

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const { user } = await context.queryClient.ensureQueryData(sessionQuery);
    if (user || (await isShared(context.queryClient, location.pathname))) return;
    throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: lazyRouteComponent(() => import("./signed-in")),
});

// One route for both addresses of a chat, so that a new chat can take its address without starting over.
const chats = createRoute({
  getParentRoute: () => signedIn,
  id: "chats",
  component: lazyRouteComponent(() => import("./chat")),
});
const newChat = createRoute({
  getParentRoute: () => chats,
  path: "/",
  validateSearch: (search: Raw): { preset?: string } => ({ preset: text(search.preset) }),
});
const chat = createRoute({ getParentRoute: () => chats, path: "/chat/$id" });

interface LibrarySearch {
  edit?: string;
  create?: Type;
  q?: string;
  tag?: string;
  sort?: ComponentSort;
}
const SORTS = ["usage", "recent", "name"] as const;

const library = createRoute({
  getParentRoute: () => signedIn,
  path: "/library/{-$type}",
  validateSearch: (search: Raw): LibrarySearch => ({
    edit: text(search.edit),
    create: isType(search.create) ? search.create : undefined,
    q: words(search.q),
    tag: words(search.tag),
    sort: SORTS.find((sort) => sort === search.sort),
  }),
  component: lazyRouteComponent(() => import("./library")),
});
const trash = createRoute({
  getParentRoute: () => signedIn,
  path: "/trash",
  component: lazyRouteComponent(() => import("./trash")),
});
const bringAndTake = createRoute({
  getParentRoute: () => signedIn,
  path: "/library/import",
  component: lazyRouteComponent(() => import("./import")),
});
const presets = createRoute({
  getParentRoute: () => signedIn,
  path: "/presets",
  component: lazyRouteComponent(() => import("./presets"), "Presets"),
});
const preset = createRoute({
  getParentRoute: () => signedIn,
  path: "/presets/$id",
  component: lazyRouteComponent(() => import("./presets"), "EditPreset"),
});

const plan = createRoute({
  getParentRoute: () => signedIn,
  path: "/plan",
  // The seller leads back with the id of the checkout, under its own name for it.
  validateSearch: (search: Raw): { checkout_id?: string } => ({ checkout_id: words(search.checkout_id) }),
  component: lazyRouteComponent(() => import("./plan")),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account/{-$part}",
  // How a sign-in with a provider ended that was to be linked to the account.
  validateSearch: (search: Raw): { error?: string } => ({ error: text(search.error) }),
  component: lazyRouteComponent(() => import("./account")),
});

const routeTree = root.addChildren([
  signIn,
  register,
  signedIn.addChildren([
    chats.addChildren([newChat, chat]),
    library,
    trash,
    bringAndTake,
    presets,
    preset,
    plan,
    account,
  ]),
]);

/** Each engine has its own words for code that did not come, and Vite for styles; all speak of import or preload. */
const shown = (error: unknown): unknown =>
  error instanceof Error && /import|preload/i.test(error.message) ? new Unreachable(error) : error;

export function makeRouter(history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    history,
    context: { queryClient },
    defaultPreload: "intent",
    // A page that failed to load stays failed for the module loader: only a reload asks for it again.
    defaultErrorComponent: ({ error }) => (
      <ErrorState title="This page could not be shown" error={shown(error)} retry={() => location.reload()} />
    ),
    defaultNotFoundComponent: () => (
      <EmptyState title="Nothing is at this address">Check it for a slip of the key.</EmptyState>
    ),
  });
  // The first page's code comes while the server says who is asking.
  for (const match of router.matchRoutes(router.latestLocation)) {
    const { component } = router.routesById[match.routeId as keyof typeof router.routesById].options;
    if (component && "preload" in component) void component.preload?.();
  }
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
