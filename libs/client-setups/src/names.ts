const MAX_NAME = 40;
const MARKS = /\p{M}+/gu;

/** Of any text a name that every client, shell and file takes as it is; the product's own where nothing is left. */
export function clientName(text: string): string {
  const plain = text.slice(0, 200).normalize('NFKD').replace(MARKS, '').toLowerCase();
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME)
    .replace(/^-+|-+$/g, '');
  if (name === '') return 'switchyard';
  return name.startsWith('switchyard') ? name : `switchyard-${name}`;
}
