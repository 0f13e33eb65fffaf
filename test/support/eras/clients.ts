import type { ConnectEra } from './era-client.js';
import { connectRaw } from './raw.js';
import { connectSdkOne } from './sdk-one.js';
import { connectSdkTwo } from './sdk-two.js';

export type { ConnectEra, EraClient } from './era-client.js';

/** A client for each revision, by what it has in common with those that people use. */
export const CLIENTS: Record<string, ConnectEra> = {
  '2025-06-18': (place) => connectRaw('2025-06-18', place),
  '2025-11-25': connectSdkOne,
  '2026-07-28': connectSdkTwo,
};
