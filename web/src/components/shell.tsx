import { ActionIcon, CloseButton, Drawer, TextInput } from "@mantine/core";
import { useDisclosure, useHotkeys, useOs } from "@mantine/hooks";
import { IconMenu2, IconPencilPlus, IconSearch, IconStack2, IconVocabulary } from "@tabler/icons-react";
import { Link, useRouterState } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import classes from "./shell.module.css";
import { OfflineBanner } from "./states";
import { Wordmark } from "./wordmark";

const Palette = lazy(() => import("./palette"));

/** The frame of every signed-in page: sidebar (a drawer on small screens), then the page. */
export function Shell(props: { history: ReactNode; user: ReactNode; children: ReactNode }) {
  const [opened, drawer] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.href });
  const { close } = drawer;
  const [palette, setPalette] = useState(0);
  const find = () => setPalette((count) => count + 1);
  const isMac = useOs() === "macos";
  useHotkeys([["mod+K", find]], []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere is what closes the drawer.
  useEffect(close, [path, close]);

  const inside = (
    <>
      <nav className={classes.nav} aria-label="Main">
        <Link to="/" activeOptions={{ exact: true }}>
          <IconPencilPlus size={18} stroke={1.7} aria-hidden="true" />
          New chat
        </Link>
        <button type="button" onClick={find} aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"}>
          <IconSearch size={18} stroke={1.7} aria-hidden="true" />
          Go to
          <span aria-hidden="true">{isMac ? "⌘ K" : "Ctrl K"}</span>
        </button>
        <Link to="/library/{-$type}">
          <IconVocabulary size={18} stroke={1.7} aria-hidden="true" />
          Library
        </Link>
        <Link to="/presets">
          <IconStack2 size={18} stroke={1.7} aria-hidden="true" />
          Presets
        </Link>
      </nav>
      <div className={classes.list}>{props.history}</div>
      <div className={classes.foot}>{props.user}</div>
    </>
  );
  const brand = (
    <Link to="/" aria-label="Quartet: new chat">
      <Wordmark />
    </Link>
  );
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <aside className={classes.side} aria-label="Chats and pages">
        <div className={classes.brand}>{brand}</div>
        {inside}
      </aside>
      <Drawer.Root opened={opened} onClose={close} size={300}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Chats and pages">
          <Drawer.Body p={0} className={classes.inDrawer}>
            <div className={classes.brand}>{brand}</div>
            {inside}
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      {palette > 0 ? (
        <Suspense fallback={null}>
          <Palette opened={palette} />
        </Suspense>
      ) : null}
      <div className={classes.main}>
        <OfflineBanner />
        <nav className={classes.top} aria-label="Menu and new chat">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={40}
            aria-label="Open the menu"
            onClick={drawer.open}
          >
            <IconMenu2 size={20} />
          </ActionIcon>
          {brand}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={40}
            aria-label="New chat"
            renderRoot={(rest) => <Link to="/" {...rest} />}
          >
            <IconPencilPlus size={20} />
          </ActionIcon>
        </nav>
        <main id="content" tabIndex={-1} className={classes.content}>
          {props.children}
        </main>
      </div>
    </div>
  );
}

/** Width, margins and heading of a page that is not the chat. `about`: its document title, where that says more. */
export function Page(props: {
  title: string;
  about?: string;
  note?: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <title>{`${props.about ?? props.title} · Quartet`}</title>
      <div className={classes.pageHead}>
        <h1>{props.title}</h1>
        {props.note ? <span className={classes.note}>{props.note}</span> : null}
        {props.tools ? <div className={classes.tools}>{props.tools}</div> : null}
      </div>
      {props.children}
    </div>
  );
}

export function SearchField(props: { label: string; value: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <TextInput
      ref={field}
      className={classes.search}
      type="search"
      aria-label={props.label}
      placeholder="Search"
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      // The browsers' own is not shown by all of them, and cannot be reached by key.
      rightSection={
        <CloseButton
          size="sm"
          // Its place stays: the field must not grow with the first letter.
          style={{ visibility: props.value ? undefined : "hidden" }}
          aria-label="Clear the search"
          onClick={() => {
            props.onChange("");
            field.current?.focus();
          }}
        />
      }
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
