import { createHash } from 'node:crypto';
import { type Dialect } from '@app/schema-compiler';
import { type ModelTool } from '../../../core/agent/language-model.port.js';

export const PROPOSE_PLAN = 'propose_plan';

/** What a vendor takes as the name of a function. */
export interface NameRules {
  legal: RegExp;
  /** Characters that are never legal. */
  illegal: RegExp;
}

const LONGEST = 64;
const LONGEST_STEM = 55;

const identity = (serverId: string, tool: string): string => `${serverId}\n${tool}`;

/**
 * Function names that a vendor accepts (64 characters at most) for tools of any name, and the way back. A legal name
 * that is not taken stays as it is.
 */
export class FunctionNames {
  private readonly toolByName = new Map<string, ModelTool>();
  private readonly nameByTool = new Map<string, string>();

  constructor(
    private readonly tools: readonly ModelTool[],
    private readonly rules: NameRules,
    /** Of JSON Schema, for the tools' parameters. */
    readonly dialect: Dialect,
  ) {
    const waiting = tools.filter((tool) => !rules.legal.test(tool.name) || !this.claim(tool.name, tool));
    for (const tool of waiting) this.claim(this.derive(tool), tool);
  }

  /** Of the tools that have a name, in the tools' order. */
  entries(): [name: string, tool: ModelTool][] {
    const names = new Map([...this.toolByName].map(([name, tool]) => [tool, name]));
    return this.tools.flatMap((tool) => {
      const name = names.get(tool);
      return name === undefined ? [] : [[name, tool]];
    });
  }

  findTool(name: string): ModelTool | undefined {
    return this.toolByName.get(name);
  }

  findByIdentity(serverId: string, tool: string): ModelTool | undefined {
    return this.toolByName.get(this.nameByTool.get(identity(serverId, tool)) ?? '');
  }

  /** A tool that is no longer offered keeps its own name, so that old history can still be told. */
  nameOf(serverId: string, tool: string): string {
    return this.nameByTool.get(identity(serverId, tool)) ?? this.clean(tool).slice(0, LONGEST);
  }

  private clean(name: string): string {
    return name.replaceAll(this.rules.illegal, '_');
  }

  /** By hash, not by number, so that a name does not change when other tools come and go. */
  private derive({ serverId, name }: ModelTool): string {
    const stem = this.clean(name).slice(0, LONGEST_STEM);
    const hash = createHash('sha256').update(identity(serverId, name)).digest('hex').slice(0, 8);
    return `${/^[A-Za-z_]/.test(stem) ? stem : `t${stem.slice(1)}`}_${hash}`;
  }

  private claim(name: string, tool: ModelTool): boolean {
    if (name === PROPOSE_PLAN || this.toolByName.has(name)) return false;
    this.toolByName.set(name, tool);
    this.nameByTool.set(identity(tool.serverId, tool.name), name);
    return true;
  }
}
