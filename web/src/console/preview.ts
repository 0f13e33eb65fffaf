export type PreviewKind = 'text' | 'markdown' | 'json' | 'table' | 'image' | 'audio' | 'video' | 'none';

/**
 * How a file can be looked at here. SVG and HTML are shown as the text they are: drawn, they could run what is in
 * them. PDF needs the browser's own viewer, which a sandboxed answer does not start.
 */
export function previewOf(contentType: string, name: string): PreviewKind {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const end = name.toLowerCase().split('.').at(-1) ?? '';
  if (type === 'text/markdown' || end === 'md') return 'markdown';
  if (type === 'text/csv' || type === 'text/tab-separated-values') return 'table';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type.startsWith('text/') || /(xml|yaml|javascript|typescript|x-ndjson|sql)$/.test(type)) return 'text';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  if (type.startsWith('video/')) return 'video';
  return 'none';
}

/** Reads delimited text (RFC 4180 quoting) up to `limit` data rows. */
export function parseTable(text: string, separator: string, limit: number): { rows: string[][]; more: boolean } {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === separator) {
      row.push(cell);
      cell = '';
    } else if (letter === '\n') {
      endRow();
      // The head, the rows, and one to know that there are more.
      if (rows.length > limit + 1) return { rows: rows.slice(0, limit + 1), more: true };
    } else if (letter !== '\r') cell += letter;
  }
  endRow();
  return { rows: rows.slice(0, limit + 1), more: rows.length > limit + 1 };
}
