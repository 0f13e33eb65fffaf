/** Postgres takes neither U+0000 nor half a pair of surrogates, in text and in JSON. */
const NOT_KEPT = /[\0\p{Cs}]/u;
const EACH_NOT_KEPT = new RegExp(NOT_KEPT, 'gu');
/** The same as `JSON.stringify` writes it. */
const NOT_KEPT_IN_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

export const isKept = (text: string): boolean => !NOT_KEPT.test(text);

/** Of a value that can be written as JSON. */
export const isKeptAsJson = (value: unknown): boolean => !NOT_KEPT_IN_JSON.test(JSON.stringify(value) ?? '');

export const storable = (text: string): string => (isKept(text) ? text : text.replace(EACH_NOT_KEPT, '\ufffd'));
