import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readLogSearch } from '../logs/log-search.js';

interface InboxSearch {
  tab?: string;
  kind?: string;
  server_id?: string;
}

const readInboxSearch = (search: Record<string, unknown>): InboxSearch =>
  Object.fromEntries(
    (['tab', 'kind', 'server_id'] as const).flatMap((name) =>
      typeof search[name] === 'string' && search[name] !== '' ? [[name, search[name]]] : [],
    ),
  );

/** Deciding on calls, reading what was called, finding what to call. */
export function workRoutes<Parent extends AnyRoute>(getParentRoute: () => Parent) {
  const approvalsPage = lazyRouteComponent(() => import('../approvals/approvals-page.js'), 'ApprovalsPage');
  return [
    createRoute({
      getParentRoute,
      path: '/approvals',
      validateSearch: readInboxSearch,
      component: approvalsPage,
    }),
    createRoute({
      getParentRoute,
      path: '/approvals/$approvalId',
      validateSearch: readInboxSearch,
      component: approvalsPage,
    }),
    createRoute({
      getParentRoute,
      path: '/logs',
      validateSearch: readLogSearch,
      component: lazyRouteComponent(() => import('../logs/logs-page.js'), 'LogsPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/catalogue',
      validateSearch: ({ q }: Record<string, unknown>): { q?: string } => (typeof q === 'string' && q ? { q } : {}),
      component: lazyRouteComponent(() => import('../catalogue/catalogue-page.js'), 'CataloguePage'),
    }),
    createRoute({
      getParentRoute,
      path: '/catalogue/$serviceId',
      component: lazyRouteComponent(() => import('../catalogue/service-page.js'), 'ServicePage'),
    }),
  ] as const;
}
