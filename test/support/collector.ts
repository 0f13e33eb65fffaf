import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listenHere, stopListening } from './listening.js';

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  facts: Record<string, unknown>;
  status: number | undefined;
  service: unknown;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; boolValue?: boolean; doubleValue?: number };
}

interface WireSpan extends Omit<CollectedSpan, 'facts' | 'status' | 'service'> {
  attributes?: Attribute[];
  status?: { code?: number };
}

/** What OTLP over HTTP carries as JSON (`ExportTraceServiceRequest`). */
interface WireTraces {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: WireSpan[] }[] }[];
}

export interface Collector {
  url: string;
  spans: CollectedSpan[];
  headers: IncomingHttpHeaders[];
  close: () => Promise<void>;
}

/** Takes spans as an OpenTelemetry collector does: OTLP over HTTP, in JSON. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(request.headers);
      const isTraces = request.method === 'POST' && request.url === '/v1/traces';
      if (!isTraces || request.headers['content-type'] !== 'application/json')
        return void response.writeHead(400).end();
      spans.push(...read(JSON.parse(Buffer.concat(chunks).toString('utf8')) as WireTraces));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const url = await listenHere(http);
  return {
    url,
    spans,
    headers,
    close: () => stopListening(http),
  };
}

const read = ({ resourceSpans }: WireTraces): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes = [], status, ...span }) => ({
        ...span,
        facts: factsOf(attributes),
        status: status?.code,
        service: factsOf(resource.attributes)['service.name'],
      })),
    ),
  );

const factsOf = (attributes: Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
