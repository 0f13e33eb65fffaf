import type { Role } from './identity-types.js';

export type ConsentScope = 'mcp:read' | 'mcp:execute';
export type Caution = 'this_machine' | 'app_scheme' | 'look_alike_name' | 'look_alike_host';

export interface AskedServer {
  id: string;
  name: string;
  tool_count: number | null;
  tools: string[];
}

/** What a client asks of a person. */
export interface ConsentQuestion {
  client: { id: string; name: string; host: string | null };
  redirect: { kind: 'web' | 'loopback' | 'app'; shown: string };
  cautions: Caution[];
  resource: {
    url: string;
    kind: 'all' | 'server' | 'toolset';
    name: string | null;
    title: string | null;
    found: boolean;
  };
  scopes: ConsentScope[];
  new_scopes: ConsentScope[];
  username: string;
  organization_id: string;
  organizations: { id: string; name: string; role: Role; remembered: boolean }[];
  servers: AskedServer[];
  server_count: number;
}

export interface ConsentDecision {
  decision: 'allow' | 'continue' | 'deny';
  organization_id?: string;
}
