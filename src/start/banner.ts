import type { Config } from '../platform/config/config.js';

interface BannerFacts {
  config: Config;
  origin: string;
  model: string;
  demoUrl: string | undefined;
  /** While the instance has no administrator. */
  claimCode: string | undefined;
  movedFrom: number | undefined;
  startedInMs: number;
}

/** What a person wants to know once it runs. */
export function banner({ config, origin, model, demoUrl, claimCode, movedFrom, startedInMs }: BannerFacts): string {
  const rows: [string, string][] = [
    ...doorsOf(config, origin),
    ...(claimCode
      ? ([['Claim', `${origin}/claim · code ${claimCode} · nobody administers this instance yet`]] as [
          string,
          string,
        ][])
      : []),
    ...(demoUrl ? ([['Demo server', demoUrl]] as [string, string][]) : []),
    [
      'Model',
      model === 'offline-planner'
        ? 'offline-planner (set GEMINI_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY for a language model)'
        : model,
    ],
    ['Data', config.dataDirectory],
    ['Stop', 'Ctrl+C'],
  ];
  const mode = config.production ? 'production' : 'development mode, not for production';
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const moved = movedFrom === undefined ? [] : [`  Port ${movedFrom} is busy, so another one was taken.`];
  return [
    '',
    `  Switchyard · ${mode} · ready in ${(startedInMs / 1_000).toFixed(1)} s`,
    ...moved,
    '',
    ...lines,
    '',
  ].join('\n');
}

/** A worker serves nobody but those who look after it. */
function doorsOf({ role, production, mail }: Config, origin: string): [string, string][] {
  if (role === 'worker') return [['Probe', `${origin}/readyz`]];
  const hasMailbox = !production && mail.smtpUrl === undefined;
  return [
    ['App', origin],
    ['Docs', `${origin}/docs/client`],
    ...(hasMailbox ? ([['Mailbox', `${origin}/dev/mailbox`]] as [string, string][]) : []),
  ];
}
