import { createHash } from 'node:crypto';
import { compileTool, type CompiledTool } from './compile.js';
import type { Dialect } from './dialects.js';

type PerDialect = Map<Dialect, CompiledTool>;

interface Kept {
  compiled: PerDialect;
  /** Of the schema as JSON. */
  length: number;
}

const MOST_LENGTH = 16 * 1024 * 1024;

/** Compiles each schema once for each dialect; keeps those that were used last, up to a number and a length of JSON. */
export class ToolCompiler {
  private readonly byObject = new WeakMap<object, PerDialect>();
  private readonly byContent = new Map<string, Kept>();
  private length = 0;

  constructor(private readonly most = { schemas: 2_000, length: MOST_LENGTH }) {}

  compile(inputSchema: Record<string, unknown>, dialect: Dialect): CompiledTool {
    const known = this.byObject.get(inputSchema) ?? this.find(inputSchema);
    this.byObject.set(inputSchema, known);
    const compiled = known.get(dialect) ?? compileTool(inputSchema, dialect);
    known.set(dialect, compiled);
    return compiled;
  }

  /** The same schema comes as another object when a server's tools are read again. */
  private find(inputSchema: Record<string, unknown>): PerDialect {
    const json = JSON.stringify(inputSchema);
    const key = createHash('sha256').update(json).digest('base64');
    const known = this.byContent.get(key) ?? { compiled: new Map<Dialect, CompiledTool>(), length: json.length };
    if (!this.byContent.delete(key)) this.length += known.length;
    this.byContent.set(key, known);
    for (const [oldest, { length }] of this.byContent) {
      if (this.byContent.size <= this.most.schemas && this.length <= this.most.length) break;
      this.byContent.delete(oldest);
      this.length -= length;
    }
    return known.compiled;
  }
}
