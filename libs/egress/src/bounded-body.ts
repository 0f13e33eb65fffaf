import { EgressRefused } from './refused.js';

/**
 * The body as text, or a refusal once it is longer than `maxBytes`.
 * @throws EgressRefused EGRESS_TOO_LARGE
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new EgressRefused(
        'EGRESS_TOO_LARGE',
        `The answer is longer than ${maxBytes} bytes.`,
        'Check that the URL points to the right document.',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
