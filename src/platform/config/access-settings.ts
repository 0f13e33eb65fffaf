import { type Setting, whole } from './setting-forms.js';

/** How often one may ask, and for how long what was given to get in works. */
export const ACCESS_SETTINGS = {
  RATE_LIMIT_AUTH_RPM: {
    schema: whole(0, 1_000_000),
    preset: '60',
    about: 'Requests a minute and address to the sign-in routes, and as many to register OAuth clients; 0 is no limit.',
  },
  RATE_LIMIT_RPM: {
    schema: whole(0, 1_000_000),
    preset: '120',
    about:
      'Requests a minute and address to all other routes; where OAuth clients get tokens each has as many, and all of an address five times as many. 0 is no limit.',
  },
  RATE_LIMIT_USER_RPM: {
    schema: whole(0, 1_000_000),
    preset: '600',
    about: 'Requests a minute of one user who signed in, from whatever addresses; 0 is no limit.',
  },
  RATE_LIMIT_KEY_RPM: {
    schema: whole(0, 1_000_000),
    preset: '600',
    about: 'Requests a minute with one API key, and of one connected OAuth client; 0 is no limit.',
  },
  RATE_LIMIT_FRAMES: {
    schema: whole(0, 1_000_000),
    preset: '40',
    about: 'Frames a second that one socket may send for long; three times as many at once. 0 is no limit.',
  },
  SOCKETS_PER_USER: {
    schema: whole(0, 1_000_000),
    preset: '64',
    about: 'Sockets that one user may have open at this process; 0 is no limit.',
  },
  APPROVAL_LIFETIME_SECONDS: {
    schema: whole(5, 604_800),
    preset: '900',
    about: 'How long a call of a program waits for a person before it expires.',
  },
  OTP_COOLDOWN_SECONDS: { schema: whole(0, 3_600), preset: '30', about: 'Between two codes to one address.' },
  OTP_LIFETIME_SECONDS: { schema: whole(5, 86_400), preset: '600', about: 'How long a code works.' },
  ACCESS_TOKEN_SECONDS: { schema: whole(1, 86_400), preset: '900', about: 'How long an access token works.' },
  REFRESH_TOKEN_SECONDS: { schema: whole(10, 31_536_000), preset: '604800', about: 'How long a refresh token works.' },
} as const satisfies Record<string, Setting>;
