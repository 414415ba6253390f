import "@/components/styles";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "@/api/client";
import { queryClient } from "@/api/query-client";
import { sessionQuery } from "@/api/session";
import { theme } from "@/components/theme";
import { makeRouter } from "@/routes/router";

const router = makeRouter();

onSignedOut(() => {
  queryClient.setQueryData(sessionQuery.queryKey, { user: null, plan: null });
  void router.invalidate();
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    {/* Its styles are in theme-variables.css: the content security policy refuses <style> elements. */}
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="top-center" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
