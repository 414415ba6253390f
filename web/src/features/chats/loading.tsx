import { Skeleton } from "@mantine/core";
import classes from "./chat-view.module.css";

export function Loading() {
  return (
    <div className={classes.inner} role="status" aria-label="Loading the chat">
      <Skeleton h={44} w="50%" ml="auto" my={24} radius={18} />
      <Skeleton h={16} my={12} />
      <Skeleton h={16} my={12} w="92%" />
      <Skeleton h={16} my={12} w="64%" />
    </div>
  );
}
