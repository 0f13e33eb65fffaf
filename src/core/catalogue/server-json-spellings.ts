/** What the form called its fields before 2025-09-16, and calls them since. */
const FORMER: Readonly<Record<string, string>> = {
  registry_type: 'registryType',
  registry_name: 'registryType',
  registry_base_url: 'registryBaseUrl',
  file_sha256: 'fileSha256',
  runtime_hint: 'runtimeHint',
  runtime_arguments: 'runtimeArguments',
  package_arguments: 'packageArguments',
  environment_variables: 'environmentVariables',
  transport_type: 'type',
  website_url: 'websiteUrl',
  is_required: 'isRequired',
  is_secret: 'isSecret',
  is_repeated: 'isRepeated',
  value_hint: 'valueHint',
};
const FORMER_TRANSPORTS: Readonly<Record<string, string>> = { streamable: 'streamable-http', http: 'streamable-http' };
/** Below these the keys are names that somebody gave. */
const NAMES_BELOW = new Set(['variables', '_meta']);
const MAX_DEPTH = 12;

/** A document of any version in the words of the newest. What is no object is given back. */
export function modernised(document: unknown): unknown {
  const renamed = rename(document, 0);
  if (!isObject(renamed)) return renamed;
  const { version_detail: detail, packages, remotes } = renamed;
  return {
    ...renamed,
    ...(renamed.version === undefined && isObject(detail) && { version: detail.version }),
    ...(Array.isArray(packages) && { packages: packages.map(modernPackage) }),
    ...(Array.isArray(remotes) && { remotes: remotes.map(modernRemote) }),
  };
}

function modernPackage(way: unknown): unknown {
  if (!isObject(way)) return way;
  return way.identifier === undefined ? { ...way, identifier: way.name } : way;
}

function modernRemote(way: unknown): unknown {
  if (!isObject(way) || typeof way.type !== 'string') return way;
  return { ...way, type: FORMER_TRANSPORTS[way.type] ?? way.type };
}

function rename(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => rename(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = Object.hasOwn(FORMER, key) ? (FORMER[key] ?? key) : key;
      if (!NAMES_BELOW.has(key)) return [name, rename(inner, depth + 1)];
      return [key, key === 'variables' && isObject(inner) ? renameValues(inner, depth) : inner];
    }),
  );
}

const renameValues = (named: Record<string, unknown>, depth: number): Record<string, unknown> =>
  Object.fromEntries(Object.entries(named).map(([name, inner]) => [name, rename(inner, depth + 2)]));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
