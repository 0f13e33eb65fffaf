/** Longer words have no ending worth cutting, and would be slow to search. */
const LONGEST_STEMMED = 40;

/** Words that say nothing about which tool is meant. */
const STOP_WORDS = new Set(
  (
    'a an and any are as at be by can could current did do does for from give had has have here how i if in into is it its ' +
    'just latest let like me my need new now of on or our out over please run so some sure than that the their them then there ' +
    'these this those to today tool tools try up us use using via want was we were what when where which who why will ' +
    'with would you your call execute all last past recent about detailed newest full quick nice good complete short brief small ' +
    'little one two week day month year hour minute second yesterday tomorrow again now other people person everyone anyone more most many much'
  ).split(' '),
);

/** Words that stand for much the same in the names of tools; a word may be in several rows. */
const RELATED = [
  'analyze analysis analytics analyse analyser evaluate examine insight statistics summarize summarise summary overview review',
  'report document',
  'get fetch read load retrieve show list display view see print return',
  'search find query lookup list locate',
  'create make write generate build produce draw add compose draft insert register open',
  'delete remove erase drop destroy discard',
  'update change edit modify set rename',
  'send deliver mail',
  'email mail',
  'image picture photo chart drawing plot graph',
  'audio sound beep tone',
  'sum add plus total addition',
  'multiply times product',
  'weather forecast temperature climate',
  'signup registration subscriber',
  'traffic visit visitor pageview',
  'customer client contact account',
  'invoice bill',
  'note memo reminder',
  'env environment',
  'echo repeat say',
  'compress gzip zip',
  'wait slow slowly',
  'log journal',
].map(stemSet);

const ROWS_OF = new Map(
  [...new Set(RELATED.flatMap((row) => [...row]))].map((one) => [one, RELATED.filter((row) => row.has(one))]),
);

const READING_VERBS = stemSet(
  'get fetch read load retrieve show list display view see print return search find query lookup locate describe check',
);
const REMOVING_VERBS = stemSet('delete remove erase drop destroy discard');
const CHANGING_VERBS = stemSet('update change edit modify set rename send deliver');
const WRITING_VERBS = new Set([
  ...REMOVING_VERBS,
  ...CHANGING_VERBS,
  ...stemSet('create make write generate build produce draw add compose draft insert register open trigger toggle ask'),
]);

/** Stems that ask for an analysis or for a report of one. */
const ANALYSIS = stemSet(
  'analyze analyse analysis analytics evaluate examine insight statistics summarize summarise summary overview review report',
);

/** `userSign-ups_v2` → `user`, `signups`, `v2`: lower-case words of names and of prose. */
export function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bsign(?:ed)?[-\s]ups?\b/g, 'signups')
    .replace(/\be-mails?\b/g, 'email')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Cuts the commonest English endings, so that `reports`, `reporting` and `report` are one. */
export function stem(word: string): string {
  if (word.length > LONGEST_STEMMED) return word;
  let root = word;
  if (root.length > 4 && root.endsWith('ies')) root = `${root.slice(0, -3)}y`;
  else if (/(?:ss|x|z|ch|sh)es$/.test(root)) root = root.slice(0, -2);
  else if (root.length > 3 && /[^sui]s$/.test(root)) root = root.slice(0, -1);
  const cut = /^(.*[aeiouy].*?)(?:ing|ed)$/.exec(root)?.[1];
  if (cut !== undefined && cut.length >= 3) root = cut.replace(/([^aeiouylsz])\1$/, '$1');
  return root.length > 3 && root.endsWith('e') ? root.slice(0, -1) : root;
}

export const stemsOf = (text: string): string[] => wordsOf(text).map(stem);

/** Stems that carry meaning, each once, in order. */
export function contentStems(text: string): string[] {
  return [
    ...new Set(
      wordsOf(text)
        .filter((word) => !STOP_WORDS.has(word))
        .map(stem),
    ),
  ];
}

export const isStopWord = (word: string): boolean => STOP_WORDS.has(word.toLowerCase());
export const isReadingVerb = (stemmed: string): boolean => READING_VERBS.has(stemmed);
export const isWritingVerb = (stemmed: string): boolean => WRITING_VERBS.has(stemmed);
export const isGenericVerb = (stemmed: string): boolean => isReadingVerb(stemmed) || isWritingVerb(stemmed);
export const isRemovingVerb = (stemmed: string): boolean => REMOVING_VERBS.has(stemmed);
/** Asks for something to be other than it is, which a tool that only reads does not do. */
export const asksForChange = (stemmed: string): boolean => isRemovingVerb(stemmed) || CHANGING_VERBS.has(stemmed);
export const asksForAnalysis = (stems: readonly string[]): boolean => stems.some((one) => ANALYSIS.has(one));
export const isRelated = (a: string, b: string): boolean => ROWS_OF.get(a)?.some((row) => row.has(b)) ?? false;

/** One spelling for `customerId`, `customer_id` and `Customer ID`. */
export const sameName = (a: string, b: string): boolean => normalName(a) === normalName(b);
const normalName = (name: string): string => stemsOf(name).join(' ');

function stemSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' ').map(stem));
}

/** How many single-letter edits lie between two words (Levenshtein), for near misses. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
