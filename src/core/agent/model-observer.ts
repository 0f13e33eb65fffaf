import { Injectable } from '@nestjs/common';
import { LabelCap } from '../../platform/metrics/label-cap.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { type OpenSpan, Tracing } from '../../platform/tracing/tracing.js';
import { ModelFailure, type ModelReply } from './language-model.port.js';

const MOST_MODELS = 50;

/** Counts what is asked of language models, and what they take. */
@Injectable()
export class ModelObserver {
  private readonly models = new LabelCap(['model'], MOST_MODELS);
  private readonly durations;
  private readonly tokens;

  constructor(
    metrics: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.durations = metrics.durations({
      name: 'app_llm_request_duration_seconds',
      help: 'How long language models took to answer.',
      labels: ['model', 'outcome'],
    });
    this.tokens = metrics.counter({
      name: 'app_llm_tokens_total',
      help: 'Tokens that went to language models (in) and came back (out).',
      labels: ['model', 'direction'],
    });
  }

  async watch(name: string, { signal }: { signal: AbortSignal }, ask: () => Promise<ModelReply>): Promise<ModelReply> {
    const facts = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': name };
    return this.tracing.span(`chat ${name}`, { kind: 'client', facts }, (span) => this.ask(name, signal, ask, span));
  }

  private async ask(
    name: string,
    signal: AbortSignal,
    ask: () => Promise<ModelReply>,
    span: OpenSpan,
  ): Promise<ModelReply> {
    const { model } = this.models.of({ model: name });
    const seen = this.durations.startTimer({ model });
    try {
      const reply = await ask();
      seen({ outcome: 'answered' });
      this.tokens.inc({ model, direction: 'in' }, reply.usage.inputTokens);
      this.tokens.inc({ model, direction: 'out' }, reply.usage.outputTokens);
      const { inputTokens, outputTokens } = reply.usage;
      span.tell({ 'gen_ai.usage.input_tokens': inputTokens, 'gen_ai.usage.output_tokens': outputTokens });
      return reply;
    } catch (error) {
      seen({
        outcome: signal.aborted ? 'stopped' : error instanceof ModelFailure ? error.code.toLowerCase() : 'failed',
      });
      throw error;
    }
  }
}
