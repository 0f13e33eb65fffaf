const REDIRECT = 'http://127.0.0.1:7777/callback';

interface Known {
  tokens?: unknown;
  information?: unknown;
  verifier?: string;
  discovery?: unknown;
}

/**
 * What both versions of the official SDK ask of a program that lets its user sign in, kept in memory. The types of what is
 * kept are theirs.
 */
export class MemoryProvider<Tokens, Information, Discovery> {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = {
    client_name: 'A client on the official SDK',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  /** Where the client was answered, once somebody signed in. */
  answered: URL | undefined;
  private readonly known: Known = {};

  constructor(private readonly browse: (address: URL) => Promise<URL>) {}

  clientInformation(): Information | undefined {
    return this.known.information as Information | undefined;
  }

  saveClientInformation(information: Information): void {
    this.known.information = information;
  }

  tokens(): Tokens | undefined {
    return this.known.tokens as Tokens | undefined;
  }

  saveTokens(tokens: Tokens): void {
    this.known.tokens = tokens;
  }

  async redirectToAuthorization(address: URL): Promise<void> {
    this.answered = await this.browse(address);
  }

  saveCodeVerifier(verifier: string): void {
    this.known.verifier = verifier;
  }

  codeVerifier(): string {
    return this.known.verifier ?? '';
  }

  saveDiscoveryState(state: Discovery): void {
    this.known.discovery = state;
  }

  discoveryState(): Discovery | undefined {
    return this.known.discovery as Discovery | undefined;
  }
}
