import { notifications } from "@mantine/notifications";
import { Component, type ReactNode, Suspense } from "react";

/**
 * What is loaded only when it is first wanted. Where it does not arrive, the page says so and goes on without it; what
 * failed to load stays so for the browser until the page is loaded again.
 */
export class Late extends Component<{ children: ReactNode; fallback?: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch() {
    notifications.show({ message: "This did not load. Reload the page when the connection is back." });
  }

  override render() {
    const { children, fallback = null } = this.props;
    return this.state.failed ? fallback : <Suspense fallback={fallback}>{children}</Suspense>;
  }
}
