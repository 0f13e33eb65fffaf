import type { Change, Severity } from './changes.js';
import { isObject, type JsonObject, memberOf, step } from './json.js';
import { diffText, showValue } from './texts.js';

const PATH = '/annotations';

interface Hint {
  key: string;
  /** What MCP assumes where the server says nothing. */
  otherwise: boolean;
  gained: [kind: string, severity: Severity, message: string];
  lost: [kind: string, severity: Severity, message: string];
}

const HINTS: readonly Hint[] = [
  {
    key: 'readOnlyHint',
    otherwise: false,
    // Where a policy lets readers run, this claim alone lets it.
    gained: ['read_only_claimed', 'risky', 'It claims now that it only reads.'],
    lost: ['read_only_lost', 'risky', 'It does not claim any more that it only reads.'],
  },
  {
    key: 'destructiveHint',
    otherwise: true,
    gained: ['destructive_gained', 'risky', 'It may destroy something now.'],
    lost: ['destructive_lost', 'notable', 'It claims now that it destroys nothing.'],
  },
  {
    key: 'idempotentHint',
    otherwise: false,
    gained: ['idempotent_claimed', 'notable', 'It claims now that calling it twice does no more than once.'],
    lost: ['idempotent_lost', 'notable', 'Calling it twice may do more than once now.'],
  },
  {
    key: 'openWorldHint',
    otherwise: true,
    gained: ['open_world_gained', 'notable', 'It may reach beyond its own system now.'],
    lost: ['open_world_lost', 'notable', 'It claims now to stay within its own system.'],
  },
];

const KNOWN = new Set([...HINTS.map(({ key }) => key), 'title']);

export function diffAnnotations(before: unknown, after: unknown, otherTools: readonly string[]): Change[] {
  const [old, fresh] = [asObject(before), asObject(after)];
  const hints = HINTS.flatMap(({ key, otherwise, gained, lost }): Change[] => {
    const valueOf = (of: JsonObject) => (typeof of[key] === 'boolean' ? of[key] : otherwise);
    const path = step(PATH, key);
    if (valueOf(old) === valueOf(fresh)) {
      // Said or assumed: the same, but another definition.
      if (old[key] === fresh[key]) return [];
      return [
        { kind: 'hint_said', path, severity: 'cosmetic', message: `${key} is said otherwise, and means the same.` },
      ];
    }
    const [kind, severity, message] = valueOf(fresh) ? gained : lost;
    return [{ kind, path, severity, message, before: showValue(old[key]), after: showValue(fresh[key]) }];
  });
  const others = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((key) => !KNOWN.has(key))
    .flatMap((key) => diffText(step(PATH, key), 'annotation', memberOf(old, key), memberOf(fresh, key), otherTools));
  return [...hints, ...diffText(step(PATH, 'title'), 'title', old.title, fresh.title, otherTools), ...others];
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});
