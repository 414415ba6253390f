import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import {
  IconGauge,
  IconLogin2,
  IconLogout,
  IconSelector,
  IconUserCircle,
  IconUserPlus,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery, useSignOut } from "@/api/session";
import classes from "./user-menu.module.css";

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
] as const;

const PLANS = { free: "Free plan", pro: "Pro plan", business: "Business plan" };

export function UserMenu() {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme({
    // To hold transitions up it would put a <style> element on the page, which the content security policy refuses.
    keepTransitions: true,
  });
  const signOut = useSignOut();
  const user = session?.user;
  if (!user) return null;
  const name = user.isGuest ? "Guest" : user.email;

  function leave() {
    // A whole new page: nothing of the person who left stays in memory.
    signOut.mutate(undefined, { onSuccess: () => location.assign("/sign-in") });
  }

  return (
    <Menu position="top-start" width={256} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <span className={classes.sign} aria-hidden="true">
            {name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.words}>
            <span>{name}</span>
            {session.plan ? <span className={classes.plan}>{PLANS[session.plan]}</span> : null}
          </span>
          <IconSelector size={16} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {user.isGuest ? (
          <>
            <Menu.Item
              leftSection={<IconUserPlus size={16} />}
              renderRoot={(rest) => <Link to="/register" {...rest} />}
            >
              Create an account to keep this
            </Menu.Item>
            <Menu.Item
              leftSection={<IconLogin2 size={16} />}
              renderRoot={(rest) => <Link to="/sign-in" {...rest} />}
            >
              Sign in
            </Menu.Item>
            <Menu.Divider />
          </>
        ) : null}
        <Menu.Item leftSection={<IconGauge size={16} />} renderRoot={(rest) => <Link to="/plan" {...rest} />}>
          Plan and usage
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserCircle size={16} />}
          renderRoot={(rest) => <Link to="/account/{-$part}" params={{ part: undefined }} {...rest} />}
        >
          Account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        >
          {SCHEMES.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
