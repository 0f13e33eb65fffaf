import { flag, list, type Setting } from './setting-forms.js';

/** Who may come to the MCP gateway, beside those who sign in at the public address. */
export const GATEWAY_SETTINGS = {
  MCP_ALLOWED_HOSTS: {
    schema: list,
    preset: '',
    about: 'Names by which MCP clients may call this instance beside that of PUBLIC_URL, with commas between.',
  },
  MCP_ALLOWED_ORIGINS: {
    schema: list,
    preset: '',
    about:
      'Origins of web pages that may call the MCP gateway from a browser, as https://inspector.example; commas between.',
  },
  MCP_OPEN_ON_LOOPBACK: {
    schema: flag,
    preset: 'false',
    about:
      'Programs on this very machine may use the MCP gateway without a credential, as the first owner of an organization. Refused in production.',
  },
  OAUTH_CLIENT_DOCUMENTS: {
    schema: flag,
    preset: 'true',
    about:
      'MCP clients may say who they are by a document at an https address, which is read from there. Off where this instance reaches no such addresses, or may not: clients register themselves then.',
  },
} as const satisfies Record<string, Setting>;
