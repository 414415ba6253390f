import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy, IconPhoto } from "@tabler/icons-react";
import {
  type ComponentPropsWithoutRef,
  isValidElement,
  memo,
  type ReactNode,
  type RefObject,
  useRef,
} from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { blocks } from "./blocks";
import classes from "./markdown.module.css";

function Link({ href, children }: { href?: string; children?: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** A model could make the browser tell a stranger's server what was said: images are named, never loaded. */
function Image({ src, alt }: { src?: unknown; alt?: string }) {
  const address = typeof src === "string" && /^https?:/.test(src) ? src : undefined;
  const name = alt || (address ? new URL(address).hostname : "without a name");
  const label = (
    <>
      <IconPhoto size={16} aria-hidden="true" />
      Image: {name}
    </>
  );
  return <span className={classes.image}>{address ? <Link href={address}>{label}</Link> : label}</span>;
}

function Code({ children }: ComponentPropsWithoutRef<"pre">) {
  const box = useRef<HTMLPreElement>(null);
  const className = isValidElement<{ className?: string }>(children) ? (children.props.className ?? "") : "";
  const language = /language-(\S+)/.exec(className)?.[1] ?? "text";
  return (
    <div className={classes.code}>
      <div className={classes.bar}>
        <span>{language}</span>
        <CopyCode from={box} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard. */}
      <pre ref={box} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

function CopyCode({ from }: { from: RefObject<HTMLPreElement | null> }) {
  const { copied, copy } = useClipboard();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={copied ? "Copied" : "Copy code"}
      onClick={() => copy(from.current?.textContent ?? "")}
    >
      {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
    </ActionIcon>
  );
}

function Table({ children }: { children?: ReactNode }) {
  return (
    <div className={classes.table}>
      <table>{children}</table>
    </div>
  );
}

const PIECES: Components = { a: Link, img: Image, pre: Code, table: Table };
const PLUGINS = [remarkGfm];

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={PIECES}>
      {text}
    </ReactMarkdown>
  );
});

export default function Rendered({ text }: { text: string }) {
  return (
    <div className={classes.text}>
      {blocks(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text grows at its end; a block's place is its identity.
        <Block key={index} text={block} />
      ))}
    </div>
  );
}
