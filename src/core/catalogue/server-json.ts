import { z } from 'zod';
import { OAuthAccount, OAuthScope } from '../registry/oauth-input.js';
import { modernised } from './server-json-spellings.js';

const MAX_TEXT = 2_000;
const MOST_INPUTS = 64;
const MOST_WAYS = 20;

const text = z.string().max(MAX_TEXT);

const input = {
  description: text.optional(),
  default: z.union([text, z.number(), z.boolean()]).transform(String).optional(),
  placeholder: text.optional(),
  choices: z.array(text).max(200).optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).catch('string').default('string'),
  isRequired: z.boolean().default(false),
  isSecret: z.boolean().default(false),
  value: text.optional(),
};

const Variables = z
  .record(z.string().min(1).max(100), z.object(input))
  .refine((variables) => Object.keys(variables).length <= MOST_INPUTS, 'has too many variables')
  .default({});

const named = {
  ...input,
  name: z.string().min(1).max(200),
  variables: Variables,
  isRepeated: z.boolean().default(false),
};
const KeyValue = z.object(named);

const Argument = z.discriminatedUnion('type', [
  z.object({ ...named, type: z.literal('named') }),
  z.object({ ...named, type: z.literal('positional'), name: text.optional(), valueHint: text.optional() }),
]);

const Remote = z.object({
  type: z.enum(['streamable-http', 'sse']),
  url: z.string().min(1).max(MAX_TEXT),
  headers: z.array(KeyValue).max(MOST_INPUTS).default([]),
  variables: Variables,
});

const Package = z.object({
  registryType: z.string().max(50),
  identifier: z.string().min(1).max(300),
  version: z.string().max(100).optional(),
  transport: z.looseObject({ type: z.string().max(50) }).default({ type: 'stdio' }),
  environmentVariables: z.array(KeyValue).max(MOST_INPUTS).default([]),
  packageArguments: z.array(Argument).max(MOST_INPUTS).default([]),
});

/** Beside what the registry's form has: what only our own entries say of themselves. */
const OWN_META = 'io.switchyard/catalogue';
const OwnMeta = z.object({
  /** With `auth: oauth`: what is entered unless somebody enters other things. */
  oauth: z
    .object({ account: OAuthAccount.optional(), scopes: z.array(OAuthScope).min(1).max(50).optional() })
    .default({}),
  capabilities: z.array(z.string().max(100)).max(50).default([]),
  /** `oauth`: accounts sign in. */
  auth: z.enum(['oauth', 'key', 'none']).optional(),
});

const Form = z.object({
  name: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9.-]+\/[A-Za-z0-9._-]+$/, 'must be a namespace and a name, such as com.example/weather'),
  title: z.string().trim().min(1).max(100).optional(),
  description: z.string().max(MAX_TEXT),
  version: z.string().min(1).max(255),
  websiteUrl: z
    .url({ protocol: /^https?$/ })
    .max(MAX_TEXT)
    .optional()
    .catch(undefined),
  repository: z
    .object({ url: z.url({ protocol: /^https?$/ }).max(MAX_TEXT) })
    .optional()
    .catch(undefined),
  remotes: z.array(z.unknown()).max(MOST_WAYS).default([]),
  packages: z.array(z.unknown()).max(MOST_WAYS).default([]),
  _meta: z.record(z.string(), z.unknown()).default({}),
});

export type SignInPreset = z.infer<typeof OwnMeta>['oauth'];
export type ServerInput = z.infer<typeof KeyValue>;
export type ServerArgument = z.infer<typeof Argument>;
export type RemoteWay = z.infer<typeof Remote>;
export type PackageWay = z.infer<typeof Package>;

/** A `server.json` of the MCP Registry, of any of its versions, as we understand it. */
export interface ServerJson {
  name: string;
  title: string;
  description: string;
  version: string;
  homepage: string | null;
  remotes: RemoteWay[];
  packages: PackageWay[];
  capabilities: string[];
  auth: 'oauth' | 'key' | 'none' | undefined;
  /** Of `oauth`. */
  signIn: SignInPreset;
}

export interface ServerJsonProblem {
  /** JSON Pointer (RFC 6901) into the document. */
  path: string;
  message: string;
}

export type ReadServerJson = { ok: true; server: ServerJson } | { ok: false; problems: ServerJsonProblem[] };

/**
 * Strict in what it uses, patient with what it does not know; ways to reach a server that it does not know are left out.
 * The form: static.modelcontextprotocol.io/schemas, 2025-07-09 to 2025-12-11.
 */
export function readServerJson(document: unknown): ReadServerJson {
  const read = Form.safeParse(modernised(document));
  if (!read.success) {
    const problems = read.error.issues.slice(0, 20).map(({ path, message }) => ({
      path: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      message,
    }));
    return { ok: false, problems };
  }
  const { _meta, websiteUrl, repository, title, name, ...form } = read.data;
  const own = OwnMeta.safeParse(_meta[OWN_META] ?? {});
  return {
    ok: true,
    server: {
      name,
      title: title ?? titleOf(name),
      description: form.description,
      version: form.version,
      homepage: websiteUrl ?? repository?.url ?? null,
      remotes: usable(Remote, form.remotes),
      packages: usable(Package, form.packages),
      capabilities: own.success ? own.data.capabilities : [],
      auth: own.success ? own.data.auth : undefined,
      signIn: own.success ? own.data.oauth : {},
    },
  };
}

const usable = <Way>(schema: z.ZodType<Way>, ways: readonly unknown[]): Way[] =>
  ways.flatMap((way) => {
    const read = schema.safeParse(way);
    return read.success ? [read.data] : [];
  });

/** `io.github.example/weather-server` is a Weather server. */
function titleOf(name: string): string {
  const words =
    name
      .slice(name.indexOf('/') + 1)
      .replace(/[-_.]+/g, ' ')
      .trim() || name;
  return (words[0] ?? '').toUpperCase() + words.slice(1, 100);
}
