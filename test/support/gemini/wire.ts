/** What the tests need to know of Gemini's wire format (v1beta): bodies of requests and events of a stream. */
export interface WirePart {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  functionCall?: { id?: string; name: string; args: Record<string, unknown> };
  functionResponse?: { id?: string; name: string; response: Record<string, unknown> };
}

export interface WireContent {
  role: 'user' | 'model';
  parts: WirePart[];
}

export interface WireDeclaration {
  name: string;
  description: string;
  parametersJsonSchema: Record<string, unknown>;
}

export interface WireRequest {
  contents: WireContent[];
  systemInstruction?: { parts: WirePart[] };
  tools?: { functionDeclarations: WireDeclaration[] }[];
  toolConfig?: unknown;
  generationConfig?: Record<string, unknown>;
}

export interface WirePlanNode {
  key: string;
  title: string;
  tool: string;
  arguments: Record<string, unknown>;
  depends_on: string[];
}

export const USAGE = { promptTokenCount: 40, candidatesTokenCount: 7, thoughtsTokenCount: 3, totalTokenCount: 50 };

/** One chunk of an answer; a `finishReason` in the last. */
export const chunk = (parts: WirePart[], finishReason?: string): object => ({
  candidates: [
    { ...(parts.length > 0 && { content: { role: 'model', parts } }), ...(finishReason && { finishReason }), index: 0 },
  ],
  usageMetadata: USAGE,
  modelVersion: 'gemini-scripted',
  responseId: 'r1',
});

export const toEvent = (data: unknown): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\r\n\r\n`;
