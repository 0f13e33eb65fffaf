import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

interface ConnectSearch {
  server?: string | undefined;
  toolset?: string | undefined;
  client?: string;
  auth?: 'oauth' | 'api_key';
}

function readConnectSearch({ server, toolset, client, auth }: Record<string, unknown>): ConnectSearch {
  return {
    ...(typeof server === 'string' && { server }),
    ...(typeof toolset === 'string' && typeof server !== 'string' && { toolset }),
    ...(typeof client === 'string' && { client }),
    ...((auth === 'oauth' || auth === 'api_key') && { auth }),
  };
}

/** What clients of the gateway find, and how they get there. */
export function gatewayRoutes<Parent extends AnyRoute>(getParentRoute: () => Parent) {
  return [
    createRoute({
      getParentRoute,
      path: '/connect',
      validateSearch: readConnectSearch,
      component: lazyRouteComponent(() => import('../connect/connect-page.js'), 'ConnectPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/toolsets',
      component: lazyRouteComponent(() => import('../toolsets/toolsets-page.js'), 'ToolsetsPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/toolsets/new',
      component: lazyRouteComponent(() => import('../toolsets/toolset-page.js'), 'NewToolsetPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/toolsets/$toolsetId',
      component: lazyRouteComponent(() => import('../toolsets/toolset-page.js'), 'ToolsetPage'),
    }),
  ] as const;
}
