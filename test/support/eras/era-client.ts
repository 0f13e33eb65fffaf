/** A client of one era, as little as the table of eras needs of it. */
export interface EraClient {
  /** The revision that it and the server agreed on. */
  version: string;
  listTools: () => Promise<string[]>;
  /** @returns the text of the result */
  call: (name: string, args: Record<string, unknown>, options?: CallOptions) => Promise<string>;
  /** How often it heard that the list of tools changed. */
  changes: () => number;
  close: () => Promise<void>;
}

export interface CallOptions {
  onProgress?: (progress: number) => void;
  signal?: AbortSignal;
}

export interface Place {
  url: string;
  headers: Record<string, string>;
}

/** Answers every question of a server with this. */
export const ANSWER = { response: 'blue' };

export type ConnectEra = (place: Place) => Promise<EraClient>;

export function textOf(result: unknown): string {
  const { content } = result as { content: { text?: string }[] };
  return content.map(({ text = '' }) => text).join('');
}
