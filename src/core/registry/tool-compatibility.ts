import { createHash } from 'node:crypto';
import { compileTool, type Dialect, DIALECTS, type Note } from '@app/schema-compiler';

export interface CompatibilityNote extends Note {
  vendors: Dialect[];
}

/** How well models can call a tool: 0 (not at all) to 100 (its schema is shown to them as it is). */
export interface ToolCompatibility {
  /** The lowest of the vendors. */
  score: number;
  vendors: Record<Dialect, number>;
  notes: CompatibilityNote[];
}

interface Assessable {
  inputSchema: Record<string, unknown>;
}

const MOST_KEPT = 5_000;
const MOST_NOTES = 50;
const TIME_MS = 5_000;
const MOST_TOLD = 10;
/** Below this a tool is worth a look by its author. */
const GOOD = 70;

const kept = new Map<string, ToolCompatibility>();

/** By what it says, as the same schema comes as another object each time. */
function assess({ inputSchema }: Assessable): ToolCompatibility {
  const key = createHash('sha256').update(JSON.stringify(inputSchema)).digest('base64');
  const known = kept.get(key);
  if (known) return known;
  const found = DIALECTS.map((dialect) => ({ dialect, ...compileTool(inputSchema, dialect).compatibility }));
  const notes = new Map<string, CompatibilityNote>();
  for (const { dialect, notes: said } of found)
    for (const note of said) {
      const place = `${note.code} ${note.path}`;
      const before = notes.get(place);
      if (before) before.vendors.push(dialect);
      else notes.set(place, { ...note, vendors: [dialect] });
    }
  const result = {
    score: Math.min(...found.map(({ score }) => score)),
    vendors: Object.fromEntries(found.map(({ dialect, score }) => [dialect, score])) as Record<Dialect, number>,
    notes: [...notes.values()].slice(0, MOST_NOTES),
  };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, result);
  return result;
}

/**
 * Of each tool, in the same order. Lets others work between two tools; what is not done after five seconds is
 * undefined, and known the next time.
 */
export async function assessAll(tools: readonly Assessable[]): Promise<(ToolCompatibility | undefined)[]> {
  const giveUpAt = performance.now() + TIME_MS;
  const found: (ToolCompatibility | undefined)[] = [];
  for (const tool of tools) {
    found.push(performance.now() < giveUpAt ? assess(tool) : undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/** What a connection test says of all the tools together. */
export async function describeCompatibility(
  tools: readonly (Assessable & { name: string })[],
): Promise<{ summary: string; fix?: string; detail?: string }> {
  const scores = await assessAll(tools);
  const known = tools.flatMap(({ name }, index) => {
    const compatibility = scores[index];
    return compatibility ? [{ name, ...compatibility }] : [];
  });
  const [lowest] = known.sort((left, right) => left.score - right.score);
  if (!lowest) return { summary: 'There are no tools to look at.' };
  const poor = known.filter(({ score }) => score < GOOD);
  const summary =
    lowest.score === 100
      ? 'Models are shown every tool as it is.'
      : `Scores of ${lowest.score} to ${known.at(-1)?.score ?? 100} of 100 for models; the lowest is ${lowest.name}.`;
  if (poor.length === 0) return { summary };
  const told = poor.slice(0, MOST_TOLD).map(({ name, score, notes }) => {
    const codes = [...new Set(notes.map(({ code }) => code))].slice(0, 5);
    return `${name} ${score}: ${codes.join(', ')}`;
  });
  return {
    summary,
    fix: `Simplify the input ${poor.length === 1 ? 'schema of one tool' : `schemas of ${poor.length} tools`}: the notes with each tool say how.`,
    detail: told.join('\n'),
  };
}
