import type { AuthorizationServer } from 'oauth4webapi';
import type { ServerMetadata } from './authorization-server.js';

/** What oauth4webapi takes, which has its own idea of what is optional. */
export const asServer = (metadata: ServerMetadata): AuthorizationServer => ({ ...metadata });
