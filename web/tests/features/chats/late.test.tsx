import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { render, screen } from "@testing-library/react";
import { lazy } from "react";
import { expect, test, vi } from "vitest";
import { Late } from "@/features/chats/late";

test("a piece that does not arrive costs the page only that piece", async () => {
  // React and the browser both say what failed, which is right and only noise here.
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  notifications.clean();
  const Missing = lazy(() => Promise.reject(new TypeError("Failed to fetch")));
  render(
    <MantineProvider env="test">
      <Notifications />
      <p>What was said.</p>
      <Late fallback={<button type="button">More</button>}>
        <Missing />
      </Late>
    </MantineProvider>,
  );
  expect(await screen.findByText(/This did not load\./)).toBeInTheDocument();
  expect(screen.getByText("What was said.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "More" })).toBeInTheDocument();
  complaints.mockRestore();
});
