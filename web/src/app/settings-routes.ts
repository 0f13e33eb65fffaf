import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

/** Settings: one chunk for what is about a person, one for what is about an organization. */
export function settingsRoutes<Parent extends AnyRoute>(getParentRoute: () => Parent) {
  return [
    createRoute({
      getParentRoute,
      path: '/settings',
      component: lazyRouteComponent(() => import('../settings/settings-index.js'), 'SettingsIndex'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/profile',
      component: lazyRouteComponent(() => import('../settings/profile-page.js'), 'ProfilePage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/password',
      component: lazyRouteComponent(() => import('../settings/password-page.js'), 'PasswordPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/credentials',
      component: lazyRouteComponent(() => import('../settings/credentials-page.js'), 'CredentialsPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/keys',
      component: lazyRouteComponent(() => import('../settings/keys-page.js'), 'KeysPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/appearance',
      component: lazyRouteComponent(() => import('../settings/appearance-page.js'), 'AppearancePage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/organization',
      component: lazyRouteComponent(() => import('../organizations/organization-page.js'), 'OrganizationPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/members',
      component: lazyRouteComponent(() => import('../organizations/members-page.js'), 'MembersPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/activity',
      component: lazyRouteComponent(() => import('../activity/activity-page.js'), 'ActivityPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/webhooks',
      component: lazyRouteComponent(() => import('../webhooks/webhooks-page.js'), 'WebhooksPage'),
    }),
    createRoute({
      getParentRoute,
      path: '/settings/transfer',
      component: lazyRouteComponent(() => import('../transfer/transfer-page.js'), 'TransferPage'),
    }),
  ] as const;
}
