import { createHash } from 'node:crypto';
import { compileTool, type CompiledTool } from './compile.js';
import type { Dialect } from './dialects.js';

type PerDialect = Map<Dialect, CompiledTool>;

/** Compiles each schema once for each dialect; keeps the `size` schemas that were used last. */
export class ToolCompiler {
  private readonly byObject = new WeakMap<object, PerDialect>();
  private readonly byContent = new Map<string, PerDialect>();

  constructor(private readonly size = 2_000) {}

  compile(inputSchema: Record<string, unknown>, dialect: Dialect): CompiledTool {
    const known = this.byObject.get(inputSchema) ?? this.find(inputSchema);
    this.byObject.set(inputSchema, known);
    const compiled = known.get(dialect) ?? compileTool(inputSchema, dialect);
    known.set(dialect, compiled);
    return compiled;
  }

  /** The same schema comes as another object when a server's tools are read again. */
  private find(inputSchema: Record<string, unknown>): PerDialect {
    const key = createHash('sha256').update(JSON.stringify(inputSchema)).digest('base64');
    const known: PerDialect = this.byContent.get(key) ?? new Map<Dialect, CompiledTool>();
    this.byContent.delete(key);
    this.byContent.set(key, known);
    const oldest = this.byContent.keys().next();
    if (this.byContent.size > this.size && !oldest.done) this.byContent.delete(oldest.value);
    return known;
  }
}
