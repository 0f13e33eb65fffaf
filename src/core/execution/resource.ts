/** What of a server's resources is shown. */
export interface ListedResources {
  resources: { uri: string; name: string; title: string; description: string; mimeType: string | null }[];
  templates: { uriTemplate: string; name: string; title: string; description: string; mimeType: string | null }[];
}

/** One part of a resource; bytes are base64. */
export interface ResourceContent {
  uri: string;
  mimeType: string;
  text?: string;
  blob?: string;
  /** Bytes. */
  size: number;
}

type Raw = Record<string, unknown>;
const LISTED_AT_MOST = 1_000;

export const toListedResources = (resources: readonly Raw[], templates: readonly Raw[]): ListedResources => ({
  resources: resources.slice(0, LISTED_AT_MOST).flatMap((raw) => {
    const uri = wordOf(raw.uri);
    return uri === '' ? [] : [{ uri, ...described(raw, uri) }];
  }),
  templates: templates.slice(0, LISTED_AT_MOST).flatMap((raw) => {
    const uriTemplate = wordOf(raw.uriTemplate);
    return uriTemplate === '' ? [] : [{ uriTemplate, ...described(raw, uriTemplate) }];
  }),
});

/** Of a `resources/read` result; what is no content is left out. */
export function toResourceContents(result: Raw): ResourceContent[] {
  const contents = Array.isArray(result.contents) ? (result.contents as Raw[]) : [];
  return contents.flatMap((raw): ResourceContent[] => {
    const uri = wordOf(raw.uri);
    if (typeof raw.text === 'string') {
      const mimeType = wordOf(raw.mimeType) || 'text/plain';
      return [{ uri, mimeType, text: raw.text, size: Buffer.byteLength(raw.text) }];
    }
    if (typeof raw.blob !== 'string') return [];
    const mimeType = wordOf(raw.mimeType) || 'application/octet-stream';
    return [{ uri, mimeType, blob: raw.blob, size: Buffer.byteLength(raw.blob, 'base64') }];
  });
}

const described = (raw: Raw, otherwise: string) => ({
  name: wordOf(raw.name) || otherwise,
  title: wordOf(raw.title) || wordOf(raw.name) || otherwise,
  description: wordOf(raw.description),
  mimeType: wordOf(raw.mimeType) || null,
});

const wordOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 8_192) : '');
