import { variablesAreMissing } from './execution.errors.js';

interface Operator {
  first: string;
  separator: string;
  named: boolean;
  ifEmpty: string;
  reserved: boolean;
}

const SIMPLE: Operator = { first: '', separator: ',', named: false, ifEmpty: '', reserved: false };

/** RFC 6570, appendix A. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': { ...SIMPLE, reserved: true },
  '#': { ...SIMPLE, first: '#', reserved: true },
  '.': { ...SIMPLE, first: '.', separator: '.' },
  '/': { ...SIMPLE, first: '/', separator: '/' },
  ';': { ...SIMPLE, first: ';', separator: ';', named: true },
  '?': { ...SIMPLE, first: '?', separator: '&', named: true, ifEmpty: '=' },
  '&': { ...SIMPLE, first: '&', separator: '&', named: true, ifEmpty: '=' },
};
const OPTIONAL = new Set(['?', '&', '#']);
const RESERVED = /%(5B|5D|3A|2F|3F|23|40|21|24|26|27|28|29|2A|2B|2C|3B|3D)/g;

/**
 * Expands a URI template (RFC 6570, levels 1 to 3; lists are joined with commas, or each named with `*`).
 * @throws 400 naming the variables that are missing
 */
export function expandUriTemplate(template: string, variables: Readonly<Record<string, unknown>>): string {
  const missing: string[] = [];
  const uri = template.replace(/\{([+#./;?&]?)([^{}]{1,500})\}/g, (_, sign: string, names: string) => {
    const operator = OPERATORS[sign] ?? SIMPLE;
    const parts = names.split(',').flatMap((spec) => {
      const [, name = '', length, explode] = /^([^:*]+)(?::(\d{1,4}))?(\*)?$/.exec(spec.trim()) ?? [];
      const values = valuesOf(variables, name);
      if (values.length === 0 && !OPTIONAL.has(sign)) missing.push(name);
      if (values.length === 0) return [];
      const encoded = values.map((value) => encode(length ? value.slice(0, Number(length)) : value, operator));
      return explode
        ? encoded.map((value) => withName(name, value, operator))
        : [withName(name, encoded.join(','), operator)];
    });
    return parts.length === 0 ? '' : operator.first + parts.join(operator.separator);
  });
  if (missing.length > 0) throw variablesAreMissing(missing);
  return uri;
}

function valuesOf(variables: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  );
}

const withName = (name: string, value: string, { named, ifEmpty }: Operator): string =>
  !named ? value : value === '' ? `${name}${ifEmpty}` : `${name}=${value}`;

function encode(value: string, { reserved }: Operator): string {
  const encoded = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return reserved ? encoded.replace(RESERVED, (sign) => decodeURIComponent(sign)) : encoded;
}
