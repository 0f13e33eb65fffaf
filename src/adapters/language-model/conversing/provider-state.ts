import { z } from 'zod';
import { type Exchange, type OwnReply } from './exchanges.js';
import { type CallRecord } from './proposed-nodes.js';

interface Author<Message> {
  provider: string;
  model: string;
  isMessage(value: unknown): value is Message;
}

const Answer = z.object({
  id: z.string().optional(),
  name: z.string(),
  output: z.record(z.string(), z.unknown()),
  failed: z.boolean(),
});

const ProviderState = z.object({
  provider: z.string(),
  model: z.string(),
  exchanges: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('own'), messages: z.array(z.unknown()) }),
        z.object({ kind: z.literal('answers'), answers: z.array(Answer).min(1) }),
      ]),
    )
    .min(1),
  calls: z.array(z.object({ id: z.string().optional(), name: z.string(), keys: z.array(z.string()) })),
});

/** @returns nothing when the state is missing, broken, another vendor's, or another model's (signatures are its own) */
export function readState<Message>(value: unknown, author: Author<Message>): OwnReply<Message> | undefined {
  const state = ProviderState.safeParse(value);
  if (!state.success || state.data.provider !== author.provider || state.data.model !== author.model) return undefined;
  const exchanges: Exchange<Message>[] = [];
  for (const exchange of state.data.exchanges) {
    if (exchange.kind === 'answers') exchanges.push(exchange);
    else if (exchange.messages.every((message) => author.isMessage(message)))
      exchanges.push({ kind: 'own', messages: exchange.messages });
    else return undefined;
  }
  return { exchanges, calls: state.data.calls };
}

export const writeState = <Message>(
  { provider, model }: Author<Message>,
  exchanges: Exchange<Message>[],
  calls: CallRecord[],
): object => ({ provider, model, exchanges, calls });
