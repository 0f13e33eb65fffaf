import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { useSignedIn } from '../api/signed-in.js';
import { SignInPage } from '../auth/sign-in-page.js';
import { HomePage } from '../home/home-page.js';
import { Loading } from '../ui/feedback.js';
import { gatewayRoutes } from './gateway-routes.js';
import { settingsRoutes } from './settings-routes.js';
import { workRoutes } from './work-routes.js';
import { NotFound, Shell } from './shell.js';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** Pages behind a sign-in; what was asked for is kept for after it. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: ({ location }) => {
    if (useSignedIn.getState().state !== 'no') return;
    const wanted = location.pathname === '/' ? {} : { next: location.href };
    redirect({ to: '/sign-in', search: wanted, throw: true });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next }: Record<string, unknown>): { next?: string } =>
    // Only a path of ours: `//host` and `https:` would lead away.
    typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {},
  component: SignInPage,
});

const home = createRoute({ getParentRoute: () => inside, path: '/', component: HomePage });

const session = createRoute({
  getParentRoute: () => inside,
  path: '/s/$sessionId',
  component: lazyRouteComponent(() => import('../console/console-page.js'), 'ConsolePage'),
});

const servers = createRoute({
  getParentRoute: () => inside,
  path: '/servers',
  // Where a sign-in ends that is of no server.
  validateSearch: ({ code }: Record<string, unknown>): { code?: string } => (typeof code === 'string' ? { code } : {}),
  component: lazyRouteComponent(() => import('../servers/servers-page.js'), 'ServersPage'),
});

const newServer = createRoute({
  getParentRoute: () => inside,
  path: '/servers/new',
  component: lazyRouteComponent(() => import('../servers/new-server-page.js'), 'NewServerPage'),
});

const server = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId',
  validateSearch: ({ check, tab, code }: Record<string, unknown>): { check?: 1; tab?: string; code?: string } => ({
    ...(typeof code === 'string' ? { code } : {}),
    ...(check ? { check: 1 } : {}),
    ...(typeof tab === 'string' ? { tab } : {}),
  }),
  component: lazyRouteComponent(() => import('../servers/server-page.js'), 'ServerPage'),
});

const tool = createRoute({
  getParentRoute: () => inside,
  path: '/servers/$serverId/tools/$tool',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: string } => (typeof tab === 'string' ? { tab } : {}),
  component: lazyRouteComponent(() => import('../tools/tool-page.js'), 'ToolPage'),
});

const claim = createRoute({
  getParentRoute: () => root,
  path: '/claim',
  component: lazyRouteComponent(() => import('../auth/claim-page.js'), 'ClaimPage'),
});

const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/link/sign-in',
  component: lazyRouteComponent(() => import('../auth/link-pages.js'), 'SignInLinkPage'),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: '/link/verify-email',
  component: lazyRouteComponent(() => import('../auth/link-pages.js'), 'VerifyEmailPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/link/reset-password',
  component: lazyRouteComponent(() => import('../auth/link-pages.js'), 'ResetPasswordPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/link/invitation',
  component: lazyRouteComponent(() => import('../organizations/invitation-page.js'), 'InvitationPage'),
});

const approvalLink = createRoute({
  getParentRoute: () => root,
  path: '/link/approval',
  component: lazyRouteComponent(() => import('../approvals/approval-link-page.js'), 'ApprovalLinkPage'),
});

const consent = createRoute({
  getParentRoute: () => root,
  path: '/consent/$uid',
  component: lazyRouteComponent(() => import('../consent/consent-page.js'), 'ConsentPage'),
});

const usage = createRoute({
  getParentRoute: () => inside,
  path: '/usage',
  component: lazyRouteComponent(() => import('../models/usage-page.js'), 'UsagePage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    claim,
    signInLink,
    verifyEmail,
    resetPassword,
    invitation,
    approvalLink,
    consent,
    inside.addChildren([
      home,
      session,
      servers,
      newServer,
      server,
      tool,
      usage,
      ...workRoutes(() => inside),
      ...gatewayRoutes(() => inside),
      ...settingsRoutes(() => inside),
    ]),
  ]),
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultPendingMs: 300,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
