export type Presentation = 'definitions' | 'search';

export interface ToolsetEntry {
  server_id: string;
  /** A name at the server, or `*` for all that it offers. */
  tool: string;
  name?: string;
  title?: string;
  description?: string;
  hidden?: boolean;
}

export interface Audience {
  roles: string[];
  users: string[];
  keys: string[];
}

export interface ToolsetSummary {
  id: string;
  name: string;
  handle: string;
  path: string;
  description: string;
  presentation: Presentation;
  entries_count: number;
  /** Null: everybody in the organization. */
  audience: Audience | null;
  updated_at: string;
}

export interface OfferedTool {
  server_id: string;
  server_name: string;
  /** Its name at the server. */
  tool: string;
  name: string;
  title: string;
  description: string;
  read_only: boolean;
  quarantined: boolean;
  /** About so many its definition takes of a model. */
  tokens: number;
}

/** What entries come to with what the servers offer now. */
export interface ToolsetOffer {
  entries: (ToolsetEntry & { server_name: string | null; state: 'offered' | 'hidden' | 'missing' })[];
  tools: OfferedTool[];
  tools_count: number;
  tokens: number;
  collisions: { name: string; entry: number; with: number }[];
}

export type Toolset = ToolsetSummary & ToolsetOffer & { may_change: boolean };

export type Auth = 'oauth' | 'api_key';

export interface Setup {
  client: string;
  title: string;
  auth: Auth;
  kind: 'command' | 'json' | 'toml' | 'link' | 'text';
  text: string;
  path?: string;
  steps: string[];
}

export interface Connection {
  label: string;
  name: string;
  url: string;
  hints: ('loopback' | 'no_tls')[];
  setups: Setup[];
}
