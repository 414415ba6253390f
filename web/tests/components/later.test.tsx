import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { later } from "@/components/later";

const Name = ({ name }: { name: string }) => <p>I am {name}</p>;
const show = (element: React.ReactNode) =>
  render(
    <MantineProvider env="test">
      <Notifications />
      {element}
    </MantineProvider>,
  );
beforeEach(() => notifications.clean());

test("something else stands there until it comes", async () => {
  const Late = later(() => Promise.resolve({ default: Name }));
  show(<Late name="Ann" meanwhile="Wait" />);
  expect(screen.getByText("Wait")).toBeInTheDocument();
  expect(await screen.findByText("I am Ann")).toBeInTheDocument();
  expect(screen.queryByText("Wait")).not.toBeInTheDocument();
});

test("what has come before it is needed is there at once", async () => {
  const Late = later(() => Promise.resolve({ default: Name }));
  await Late.preload();
  show(<Late name="Ann" meanwhile="Wait" />);
  expect(screen.getByText("I am Ann")).toBeInTheDocument();
});

test("what does not come leaves the rest as it is, and says so once it is wanted", async () => {
  const Late = later<{ name: string }>(() => Promise.reject(new TypeError("offline")));
  await Late.preload();
  show(
    <>
      <Late name="Ann" meanwhile="Wait" />
      <p>The rest</p>
    </>,
  );
  expect(await screen.findByText(/This did not load/)).toBeInTheDocument();
  expect(screen.getByText(/Wait/)).toBeInTheDocument();
  expect(screen.getByText("The rest")).toBeInTheDocument();
});
