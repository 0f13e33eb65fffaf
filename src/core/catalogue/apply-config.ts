import { findSecretProblem, type ConfigValue, type ServiceConfiguration } from '../registry/credentials.js';
import type { SignInSetup } from '../registry/oauth-settings.js';
import { findRequestHeaderProblem } from '../registry/request-headers.js';
import { packageUrl } from '../registry/package-url.js';
import { findUrlProblem } from '../registry/server-url.js';
import { defaultOf, type ServiceField, type Template } from './service-fields.js';
import type { Config, ConfigProblem } from './config.js';
import { readSignInFields } from './service-sign-in.js';
import type { ArgumentTemplate, NamedTemplate, ServiceWay } from './service-way.js';

/** Where the configured service is, and what goes there. */
export interface AppliedConfig {
  url: string;
  transport: 'streamable_http' | 'sse' | 'stdio';
  configuration: ServiceConfiguration;
  /** Where accounts sign in. */
  signIn?: SignInSetup | undefined;
  requestHeaders?: Readonly<Record<string, string>> | undefined;
}

const MAX_VALUE = 8_192;
const MOST_VALUES = 64;

/**
 * Checks what was entered against the fields, with the defaults.
 * @param kept secrets of before, which need not be entered again
 */
export function checkConfig(
  fields: readonly ServiceField[],
  entered: Readonly<Record<string, unknown>>,
  kept: Config = {},
): { config: Config; problems: ConfigProblem[] } {
  const known = new Set(fields.map(({ key }) => key));
  const problems: ConfigProblem[] = Object.keys(entered)
    .filter((key) => !known.has(key))
    .map((key) => ({ key: key.slice(0, 100), message: 'is not a field of this service' }));
  const config: Record<string, ConfigValue> = {};
  for (const field of fields) {
    const value = entered[field.key];
    if (value === undefined || value === null || value === '') {
      const preset = field.secret ? kept[field.key] : field.default === undefined ? undefined : defaultOf(field);
      if (preset !== undefined) config[field.key] = preset;
      else if (field.required) problems.push({ key: field.key, message: 'is required' });
      continue;
    }
    const problem = findProblem(field, value);
    if (problem) problems.push({ key: field.key, message: problem });
    else config[field.key] = value as ConfigValue;
  }
  return { config, problems };
}

function findProblem(field: ServiceField, value: unknown): string | undefined {
  if (!field.repeated) return findOneProblem(field, value);
  if (!Array.isArray(value)) return 'must be an array';
  if (value.length > MOST_VALUES) return `must have at most ${MOST_VALUES} entries`;
  return value.map((one: unknown) => findOneProblem(field, one)).find((problem) => problem !== undefined);
}

function findOneProblem({ type, choices }: ServiceField, value: unknown): string | undefined {
  if (typeof value !== type || (type === 'number' && !Number.isFinite(value))) return `must be a ${type}`;
  const text = String(value);
  if (text.length > MAX_VALUE) return `must have at most ${MAX_VALUE} characters`;
  if (text.includes('\0')) return 'must not have a NUL character';
  return choices && !choices.includes(text) ? `must be one of ${choices.slice(0, 20).join(', ')}` : undefined;
}

/** What the configuration comes to. */
export function applyConfig(way: ServiceWay, config: Config): { applied: AppliedConfig; problems: ConfigProblem[] } {
  return way.runs === 'remote' ? applyRemote(way, config) : applyPackage(way, config);
}

function applyRemote(
  way: Extract<ServiceWay, { runs: 'remote' }>,
  config: Config,
): { applied: AppliedConfig; problems: ConfigProblem[] } {
  const nothing = { headers: {}, env: {}, args: [] };
  const problems = way.headers.flatMap((header) => problemsOf(header.template, config, findSecretProblem));
  const url = fillUrl(way.url, config);
  const first = way.url.find((part) => typeof part !== 'string');
  const problem = findUrlProblem(url);
  if (problem)
    problems.push({ key: typeof first === 'object' ? first.key : 'url', message: `makes a URL that ${problem}` });
  const headers = fillAll(way.headers, config, ', ');
  const place = { url, transport: way.transport };
  if (!way.signsIn) return { applied: { ...place, configuration: { ...nothing, config, headers } }, problems };
  const found = readSignInFields(config);
  for (const [name, value] of Object.entries(headers)) {
    const message = findRequestHeaderProblem(name, value);
    if (message) problems.push({ key: name, message });
  }
  const applied = { ...place, configuration: { ...nothing, config }, signIn: found.signIn, requestHeaders: headers };
  return { applied, problems: [...problems, ...found.problems] };
}

function applyPackage(way: Extract<ServiceWay, { runs: 'package' }>, config: Config) {
  const problems = [
    ...way.env.flatMap(({ template }) => problemsOf(template, config, () => undefined, findPathProblem)),
    ...way.args.flatMap((argument) =>
      problemsOf(argument.template, config, findArgumentProblem(argument), findPathProblem),
    ),
  ];
  const configuration = {
    config,
    headers: {},
    env: fillAll(way.env, config, ','),
    args: way.args.flatMap((argument) => fillArgument(argument, config)),
  };
  const applied: AppliedConfig = { url: packageUrl(way.version), transport: 'stdio', configuration };
  return { applied, problems };
}

type Find = (value: string) => string | undefined;

function problemsOf(template: Template, config: Config, ...finds: readonly Find[]): ConfigProblem[] {
  return template.flatMap((part) => {
    if (typeof part === 'string') return [];
    const values = [config[part.key] ?? []].flat().map(String);
    const finders = part.secret ? finds.slice(0, 1) : finds;
    const found = values
      .flatMap((value) => finders.map((find) => find(value)))
      .find((problem) => problem !== undefined);
    return found === undefined ? [] : [{ key: part.key, message: found }];
  });
}

/** A package sees its own folder; nobody shall point it at ours. */
function findPathProblem(value: string): string | undefined {
  const leaves = /^(?:[/\\~]|[A-Za-z]:[/\\]|file:)/i.test(value) || value.split(/[/\\=:,]/).includes('..');
  return leaves ? "must not lead out of the server's own folder: paths are relative to it" : undefined;
}

/** A value must not become another option of the program. */
const findArgumentProblem =
  ({ name }: ArgumentTemplate): Find =>
  (value) =>
    name === undefined && value.startsWith('-') ? 'must not begin with a dash' : undefined;

/** Undefined where a field of it was not given. */
function fill(template: Template, config: Config): string | undefined {
  const parts = template.map((part) => (typeof part === 'string' ? part : config[part.key]));
  return parts.includes(undefined) ? undefined : parts.map(String).join('');
}

function fillAll(named: readonly NamedTemplate[], config: Config, separator: string): Record<string, string> {
  return Object.fromEntries(
    named.flatMap(({ name, template, repeated }) => {
      const values = repeated ? listOf(template, config) : [fill(template, config)];
      const given = values.filter((value): value is string => value !== undefined);
      return given.length > 0 ? [[name, given.join(separator)]] : [];
    }),
  );
}

function fillArgument({ name, template, repeated }: ArgumentTemplate, config: Config): string[] {
  const [only] = template;
  if (name !== undefined && template.length === 1 && typeof only === 'object' && only.type === 'boolean') {
    return config[only.key] === true ? [name] : [];
  }
  const values = repeated ? listOf(template, config) : [fill(template, config)];
  return values.flatMap((value) => {
    if (value === undefined) return [];
    if (name === undefined) return [value];
    return name.startsWith('--') ? [`${name}=${value}`] : [name, value];
  });
}

/** The template once for each entry of its list. */
function listOf(template: Template, config: Config): (string | undefined)[] {
  const list = template.find(
    (part): part is ServiceField => typeof part === 'object' && Array.isArray(config[part.key]),
  );
  if (!list) return [fill(template, config)];
  return [config[list.key] ?? []].flat().map((one) => fill(template, { ...config, [list.key]: one }));
}

/** In the host a value stays within a label or port, behind it it is escaped; at the very beginning it is the URL's own. */
function fillUrl(template: Template, config: Config): string {
  let url = '';
  for (const part of template) {
    if (typeof part === 'string') {
      url += part;
      continue;
    }
    const value = String(config[part.key] ?? '');
    const inHost = /^https?:\/\/[^/?#]*$/.test(url);
    if (url === '') url = value.replace(/\/+$/, '');
    else if (inHost) url += /^[A-Za-z0-9.-]+(?::\d{1,5})?$/.test(value) ? value : '\n';
    else url += encodeURIComponent(value).replace(/^\.+$/, '');
  }
  return url;
}
