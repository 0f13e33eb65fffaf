import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { makeKey } from '../../support/api-keys.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../../support/oauth/scripted-authorization-server.js';
import { addOAuthServer, signInTo, untilOnline } from './accounts.js';

/** Two processes, and a server whose tools are known and that nobody is signed in to any more. */
export class UnsignedServer {
  private servers = 0;
  private current: { id: string; authorization: ScriptedAuthorizationServer; upstream: ProtectedUpstream } | undefined;

  private constructor(
    readonly app: TestApp,
    readonly other: TestApp,
    readonly owner: Person,
    private readonly headers: Record<string, string>,
  ) {}

  static async start(): Promise<UnsignedServer> {
    const app = await startTestApp();
    const other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
    const owner = await app.signIn();
    return new UnsignedServer(app, other, owner, (await makeKey(owner)).headers);
  }

  /** Another one, for the next test. */
  async renew(): Promise<void> {
    const authorization = await startAuthorizationServer();
    const upstream = await startProtectedUpstream(authorization);
    this.servers += 1;
    const id = await addOAuthServer(this.owner, upstream.url, {}, `Protected ${this.servers}`);
    this.current = { id, authorization, upstream };
    await this.signIn();
    await untilOnline(this.owner, id);
    authorization.revokeAll();
    await this.signOut();
  }

  async endRenewed(): Promise<void> {
    const { upstream, authorization } = this.now;
    await Promise.all([upstream.close(), authorization.close()]);
  }

  async stop(): Promise<void> {
    await this.other.stop();
    await this.app.stop();
  }

  get id(): string {
    return this.now.id;
  }

  /** How clients know it. */
  get handle(): string {
    return `protected-${this.servers}`;
  }

  get upstream(): ProtectedUpstream {
    return this.now.upstream;
  }

  async signIn(): Promise<void> {
    const place = await signInTo(this.app, this.owner, this.id);
    if (!place.includes('account=connected')) throw new Error(`Nobody was signed in: ${place}`);
  }

  async signOut(): Promise<void> {
    await this.owner.call('DELETE', `/servers/${this.id}/oauth`);
  }

  /** Where clients meet it alone. */
  alone(process = this.app) {
    return { url: `${process.url}/mcp/s/${this.id}`, headers: this.headers };
  }

  /** Where they meet it among all. */
  among(process = this.app) {
    return { url: `${process.url}/mcp`, headers: this.headers };
  }

  isPage(url: unknown): boolean {
    return String(url).endsWith(`/servers/${this.id}`);
  }

  private get now() {
    if (!this.current) throw new Error('There is no server yet.');
    return this.current;
  }
}
