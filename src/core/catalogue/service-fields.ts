import type { ServerInput } from './server-json.js';

/** One thing that a person enters to configure a service. */
export interface ServiceField {
  /** Its name in the configuration. */
  key: string;
  description: string;
  type: 'string' | 'number' | 'boolean';
  /** A list of them. */
  repeated: boolean;
  required: boolean;
  secret: boolean;
  default?: string;
  placeholder?: string;
  choices?: readonly string[];
  /** Names a file: of the server's own folder. */
  isPath: boolean;
}

/** Text with fields in it. */
export type Template = readonly (string | ServiceField)[];

type Described = Pick<
  ServerInput,
  'description' | 'default' | 'placeholder' | 'choices' | 'format' | 'isRequired' | 'isSecret'
>;

const PLACEHOLDER = /\{([^{}]{1,100})\}/g;

/** Collects the fields of one service; a name that two want is numbered. */
export class Fields {
  readonly all: ServiceField[] = [];

  add(name: string, { format, ...input }: Described, { repeated = false }: { repeated?: boolean } = {}): ServiceField {
    const field: ServiceField = {
      key: this.free(camelCase(name)),
      description: input.description ?? '',
      type: format === 'filepath' ? 'string' : format,
      repeated,
      required: input.isRequired && input.default === undefined,
      secret: input.isSecret,
      ...(input.default !== undefined && !input.isSecret && { default: input.default }),
      ...(input.placeholder !== undefined && { placeholder: input.placeholder }),
      ...(input.choices && input.choices.length > 0 && { choices: input.choices }),
      isPath: format === 'filepath',
    };
    this.all.push(field);
    return field;
  }

  /**
   * The fields of a text such as `Bearer {token}`. One that nothing describes is as secret and as required as its place.
   */
  template(
    value: string,
    described: Readonly<Record<string, Described>>,
    place: Described & { isRepeated?: boolean },
  ): Template {
    const parts: (string | ServiceField)[] = [];
    let from = 0;
    for (const found of value.matchAll(PLACEHOLDER)) {
      const name = found[1] ?? '';
      parts.push(
        value.slice(from, found.index),
        this.named(name, described[name] ?? { ...place, default: undefined }, { repeated: place.isRepeated ?? false }),
      );
      from = found.index + found[0].length;
    }
    parts.push(value.slice(from));
    return parts.filter((part) => part !== '');
  }

  private readonly byName = new Map<string, ServiceField>();

  private named(name: string, input: Described, list: { repeated: boolean }): ServiceField {
    const known = this.byName.get(name) ?? this.add(name, input, list);
    this.byName.set(name, known);
    return known;
  }

  private free(key: string): string {
    const taken = new Set(this.all.map((field) => field.key));
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? key : `${key}${number}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}

/** `GITHUB_TOKEN`, `X-Api-Key` and `--api_key` as people write them in configurations: `githubToken`, `xApiKey`, `apiKey`. */
function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const camel = words
    .map((word) => (/[a-z]/.test(word) ? word : word.toLowerCase()))
    .map((word, index) => (index === 0 ? word[0]?.toLowerCase() : word[0]?.toUpperCase()) + word.slice(1))
    .join('');
  return /^[A-Za-z]/.test(camel) ? camel : `value${camel}`;
}

/** JSON Schema 2020-12 of what is entered. */
export function configSchemaOf(fields: readonly ServiceField[]): Record<string, unknown> {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.key, schemaOf(field)])),
    required: fields.filter(({ required }) => required).map(({ key }) => key),
    additionalProperties: false,
  };
}

function schemaOf(field: ServiceField): Record<string, unknown> {
  const about = {
    ...(field.description !== '' && { description: field.description }),
    ...(field.placeholder !== undefined && { examples: [field.placeholder] }),
    ...(field.secret && { writeOnly: true, format: 'password' }),
  };
  const one = { type: field.type, ...(field.choices && { enum: field.choices }) };
  if (field.repeated) return { type: 'array', items: one, ...about };
  return { ...one, ...about, ...(field.default !== undefined && { default: defaultOf(field) }) };
}

/** As the type has it: the form keeps all as text. */
export function defaultOf({ type, default: text = '' }: ServiceField): string | number | boolean {
  if (type === 'boolean') return text === 'true';
  return type === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
}
