export const MAX_HISTORY = 500;

/** Oldest first. A line that starts with a space is not remembered; the same line twice in a row is one. */
export function remember(history: string[], line: string): string[] {
  if (line.startsWith(' ') || line.trim() === '' || history.at(-1) === line) return history;
  return [...history, line].slice(-MAX_HISTORY);
}

/** Newest first, without repeats, those that hold the query. */
export function searchHistory(history: string[], query: string): string[] {
  const wanted = query.toLowerCase();
  return [...new Set(history.toReversed())].filter((line) => line.toLowerCase().includes(wanted));
}

/** Kept per person and server in this browser; forgotten at sign-out. */
export function readHistory(key: string): string[] {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(`switchyard.history.${key}`) ?? '[]');
    return Array.isArray(raw) ? raw.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function writeHistory(key: string, history: string[]): void {
  localStorage.setItem(`switchyard.history.${key}`, JSON.stringify(history));
}

export function readDraft(sessionId: string): string {
  return localStorage.getItem(`switchyard.draft.${sessionId}`) ?? '';
}

export function writeDraft(sessionId: string, text: string): void {
  if (text === '') localStorage.removeItem(`switchyard.draft.${sessionId}`);
  else localStorage.setItem(`switchyard.draft.${sessionId}`, text);
}
