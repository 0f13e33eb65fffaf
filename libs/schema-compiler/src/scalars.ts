import type { DialectRules } from './dialects.js';
import type { Bound, Facts } from './facts.js';
import { type JsonSchema, toRegExp } from './json.js';
import { listWords, show } from './text.js';
import type { Saying } from './words.js';

export interface Scalar {
  declared: JsonSchema;
  sayings: Saying[];
}

const MOST_LENGTH = 1_000_000;
const LONGEST_PATTERN = 200;
/** Understood alike by every engine that a vendor or a compatible server may have. */
const PLAIN_PATTERN =
  /^\^(?:[A-Za-z0-9 _\-@,:;/#%&=<>!"'~.*+?|[\]()]|\\[dws.\-/+*?()[\]|$^{}\\]|\^|\{\d{1,3}(?:,\d{0,3})?\})*\$$/;

const limit = (words: string): Saying => ({
  words,
  code: 'LIMIT_IN_WORDS',
  why: 'This vendor is not shown such limits; it is told in words and checked before the call.',
});

export function declareString(facts: Facts, rules: DialectRules): Scalar {
  const declared: JsonSchema = { type: 'string' };
  const sayings: Saying[] = [];
  const { minLength, maxLength, patterns, formats } = facts;
  if (rules.takesFineLimits) {
    if (minLength !== undefined && minLength > 0 && minLength <= MOST_LENGTH) declared.minLength = minLength;
    if (maxLength !== undefined && maxLength <= MOST_LENGTH) declared.maxLength = maxLength;
  } else {
    if (minLength !== undefined && minLength > 0) sayings.push(limit(`At least ${minLength} characters.`));
    if (maxLength !== undefined) sayings.push(limit(`At most ${maxLength} characters.`));
  }
  for (const pattern of patterns) {
    const isPlain = pattern.length <= LONGEST_PATTERN && PLAIN_PATTERN.test(pattern) && !/\(\?/.test(pattern);
    if (rules.takesFineLimits && isPlain && toRegExp(pattern) && declared.pattern === undefined)
      declared.pattern = pattern;
    else
      sayings.push({
        words: `Must match the pattern ${show(pattern)}.`,
        code: 'PATTERN_IN_WORDS',
        why: 'Not every model’s vendor reads this pattern; plain ones from ^ to $, without (?…), \\p or \\b, are read most widely.',
      });
  }
  for (const format of formats) {
    if (rules.stringFormats.includes(format) && declared.format === undefined) declared.format = format;
    else
      sayings.push({
        words: `Format: ${show(format).slice(1, -1)}.`,
        code: 'FORMAT_IN_WORDS',
        why: `The format ${show(format)} is not one that this vendor knows; a description with an example helps models more.`,
      });
  }
  return { declared, sayings };
}

export function declareNumber(type: 'integer' | 'number', facts: Facts, rules: DialectRules): Scalar {
  const declared: JsonSchema = { type };
  const sayings: Saying[] = [];
  const { minimum, maximum, multiples } = facts;
  const low = minimum && declareBound(type, minimum, 1, rules);
  const high = maximum && declareBound(type, maximum, -1, rules);
  if (low) Object.assign(declared, low.declared);
  if (high) Object.assign(declared, high.declared);
  sayings.push(...(low?.sayings ?? []), ...(high?.sayings ?? []));
  for (const multiple of multiples) {
    if (rules.takesFineLimits && multiple > 0 && declared.multipleOf === undefined) declared.multipleOf = multiple;
    else sayings.push(limit(`A multiple of ${multiple}.`));
  }
  return { declared, sayings };
}

function declareBound(
  type: 'integer' | 'number',
  { value, exclusive }: Bound,
  sign: 1 | -1,
  rules: DialectRules,
): Scalar {
  const side = sign === 1 ? 'minimum' : 'maximum';
  if (type === 'integer' && Math.abs(value) < Number.MAX_SAFE_INTEGER) {
    const whole = sign === 1 ? Math.ceil(value) : Math.floor(value);
    return { declared: { [side]: exclusive && whole === value ? value + sign : whole }, sayings: [] };
  }
  if (!exclusive) return { declared: { [side]: value }, sayings: [] };
  if (rules.takesFineLimits)
    return { declared: { [sign === 1 ? 'exclusiveMinimum' : 'exclusiveMaximum']: value }, sayings: [] };
  return { declared: { [side]: value }, sayings: [limit(`${sign === 1 ? 'More' : 'Less'} than ${value}.`)] };
}

export interface ChoiceLimits {
  maxChoices: number;
  maxChoiceCharacters: number;
  takesEmptyChoice: boolean;
}

/** Texts or numbers to choose from, all of one type. */
export function declareChoices(
  type: 'string' | 'integer' | 'number',
  values: readonly (string | number)[],
  { maxChoices, maxChoiceCharacters, takesEmptyChoice }: ChoiceLimits,
): Scalar {
  const shown = takesEmptyChoice ? values : values.filter((value) => value !== '');
  const sayings: Saying[] = [];
  if (shown.length < values.length) sayings.push(limit('May also be an empty text.'));
  const characters = shown.reduce<number>((sum, value) => sum + String(value).length, 0);
  if (shown.length > 0 && shown.length <= maxChoices && characters <= maxChoiceCharacters)
    return { declared: { type, enum: [...shown] }, sayings };
  if (shown.length === 0) return { declared: { type }, sayings: [limit('Must be an empty text.')] };
  return {
    declared: { type },
    sayings: [
      {
        words: `One of ${values.length} values, such as ${listWords(values.slice(0, 10).map(show), 10)}.`,
        code: 'CHOICES_SHORTENED',
        why: `${values.length} choices are more than a model is shown; a tool that searches them would serve it better.`,
      },
    ],
  };
}
