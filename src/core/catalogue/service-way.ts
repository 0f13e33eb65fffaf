import { findHeaderProblem } from '../registry/credentials.js';
import type { PackageVersion } from '../registry/package-runner.port.js';
import { isExactVersion, isPackageName } from '../registry/package-url.js';
import { findRequestHeaderProblem } from '../registry/request-headers.js';
import type { PackageWay, RemoteWay, ServerArgument, ServerInput, ServerJson, SignInPreset } from './server-json.js';
import { addSignInFields } from './service-sign-in.js';
import { Fields, type ServiceField, type Template } from './service-fields.js';

export interface NamedTemplate {
  name: string;
  template: Template;
  /** The one field that is a list, if it is. */
  repeated: boolean;
}

export interface ArgumentTemplate {
  /** Of a flag. */
  name?: string;
  template: Template;
  repeated: boolean;
}

/** How a service is reached, and what has to be entered for it. */
export type ServiceWay = { fields: readonly ServiceField[] } & (
  | {
      runs: 'remote';
      transport: 'streamable_http' | 'sse';
      url: Template;
      headers: readonly NamedTemplate[];
      /** Accounts sign in; then headers are no secrets. */
      signsIn: boolean;
    }
  | {
      runs: 'package';
      version: PackageVersion;
      env: readonly NamedTemplate[];
      args: readonly ArgumentTemplate[];
    }
);

export type WayOrReason = { ok: true; way: ServiceWay } | { ok: false; runs: ServiceWay['runs']; reason: string };

const TRANSPORTS = { 'streamable-http': 'streamable_http', sse: 'sse' } as const;

/** Variables that decide how a program is run, and not what it does. */
const RESERVED_ENV = /^(?:PATH|HOME|TMPDIR|SHELL|IFS|NODE_.*|NPM_.*|LD_.*|DYLD_.*)$/i;

/** The first remote one over Streamable HTTP, else over HTTP+SSE, else the first package that can be run. */
export function wayOf(server: ServerJson): WayOrReason {
  const [first, ...others] = [...server.remotes].sort((one, other) => rank(one) - rank(other));
  if (first) {
    const preset = server.auth === 'oauth' ? server.signIn : undefined;
    const read = [first, ...others].map((remote) => readRemote(remote, preset));
    return read.find(({ ok }) => ok) ?? readRemote(first, preset);
  }
  const packages = server.packages.map(readPackage);
  return packages.find(({ ok }) => ok) ?? packages[0] ?? no('remote', 'The entry names no way to reach it.');
}

const rank = ({ type }: RemoteWay): number => (type === 'streamable-http' ? 0 : 1);

const no = (runs: ServiceWay['runs'], reason: string): WayOrReason => ({ ok: false, runs, reason });

const REQUIRED = { format: 'string', isRequired: true, isSecret: false } as const;

function readRemote(remote: RemoteWay, signIn: SignInPreset | undefined): WayOrReason {
  const fields = new Fields();
  if (signIn) addSignInFields(fields, signIn);
  const url = fields.template(remote.url, remote.variables, REQUIRED);
  const inUrl = url.filter((part) => typeof part !== 'string');
  if (inUrl.some(({ secret }) => secret)) {
    return no('remote', 'It wants a secret in its URL, where others could read it.');
  }
  if (typeof url[0] === 'string' && !/^https?:\/\//.test(url[0])) return no('remote', 'Its URL is not one of HTTP.');
  const refused = remote.headers.find(({ name }) => findHeaderProblem(name) !== undefined);
  if (refused) return no('remote', 'It wants a header that the connection needs for itself.');
  const headers = remote.headers.map((header) => readNamed(header, fields));
  if (signIn && headers.some(isSecretHeader)) return no('remote', 'It wants a secret beside OAuth.');
  return {
    ok: true,
    way: {
      runs: 'remote',
      transport: TRANSPORTS[remote.type],
      url,
      headers,
      signsIn: signIn !== undefined,
      fields: fields.all,
    },
  };
}

const isSecretHeader = ({ name, template }: NamedTemplate): boolean =>
  findRequestHeaderProblem(name, '') !== undefined || template.some((part) => typeof part !== 'string' && part.secret);

function readPackage(way: PackageWay): WayOrReason {
  const { registryType, identifier: name, version = '', transport } = way;
  if (registryType !== 'npm') return no('package', `Packages of ${registryType} are not run here, only those of npm.`);
  if (transport.type !== 'stdio') return no('package', 'The package does not speak over its standard streams.');
  if (!isPackageName(name) || !isExactVersion(version)) {
    return no('package', 'The entry does not name an exact version of a package.');
  }
  const refused = way.environmentVariables.find(
    (variable) => !/^[A-Za-z_]\w*$/.test(variable.name) || RESERVED_ENV.test(variable.name),
  );
  if (refused) return no('package', 'It wants a variable that decides how programs are run.');
  const fields = new Fields();
  const args = way.packageArguments.map((argument) => readArgument(argument, fields));
  const env = way.environmentVariables.map((variable) => readNamed(variable, fields));
  return { ok: true, way: { runs: 'package', version: { name, version }, env, args, fields: fields.all } };
}

function readNamed(input: ServerInput, fields: Fields): NamedTemplate {
  const secret = input.isSecret || input.name.toLowerCase() === 'authorization';
  const template = templateOf({ ...input, isSecret: secret }, input.name, fields);
  return { name: input.name, template, repeated: input.isRepeated };
}

function readArgument(input: ServerArgument, fields: Fields): ArgumentTemplate {
  const label = input.type === 'named' ? input.name : (input.valueHint ?? input.name ?? 'argument');
  const template = templateOf(input, label, fields);
  return { ...(input.type === 'named' && { name: input.name }), template, repeated: input.isRepeated };
}

/** What has a value is fixed but for the variables in it; what has none is a field itself. */
function templateOf(input: ServerInput | ServerArgument, label: string, fields: Fields): Template {
  if (input.value === undefined) return [fields.add(label, input, { repeated: input.isRepeated })];
  return fields.template(input.value, input.variables, input);
}
