import { type Answer, type Person, type TestApp } from './app.js';

export interface OrganizationRow {
  id: string;
  name: string;
  role: string;
  current: boolean;
  members_count: number;
}

export interface InvitationRow {
  id: string;
  email: string;
  role: string;
  expired: boolean;
}

export interface ProblemBody {
  code: string;
}

let people = 0;

export const newAddress = () => `member-${(people += 1)}-${process.pid}@example.com`;

export const codeOf = ({ status, body }: Answer<unknown>) => [status, (body as ProblemBody).code];

const expectStatus = <Body>(status: number, answer: Answer<Body>): Body => {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer.body;
};

export const listOrganizations = async (person: Person): Promise<OrganizationRow[]> =>
  expectStatus(200, await person.call<{ organizations: OrganizationRow[] }>('GET', '/organizations')).organizations;

export const invite = async (host: Person, email: string, role: string): Promise<InvitationRow> =>
  expectStatus(201, await host.call<InvitationRow>('POST', '/organization/invitations', { email, role }));

/** People in organizations of one running product. */
export class Organizations {
  constructor(private readonly app: TestApp) {}

  /** Somebody else in the host's organization, signed in there. */
  async join(host: Person, role: string): Promise<Person> {
    const guest = await this.app.signIn(newAddress());
    const { id } = await invite(host, guest.email, role);
    const joined = expectStatus(200, await guest.call<OrganizationRow>('POST', `/invitations/${id}/accept`));
    return this.moveTo(guest, joined.id);
  }

  async moveTo(person: Person, organizationId: string): Promise<Person> {
    const moved = await person.call<{ access_token: string }>('POST', `/organizations/${organizationId}/switch`);
    return this.withToken(person, expectStatus(200, moved).access_token);
  }

  async refreshed(person: Person): Promise<Person> {
    const body = { refresh_token: person.refreshToken };
    const tokens = await this.app.api<{ access_token: string }>('POST', '/api/v1/auth/refresh', { body });
    return this.withToken(person, expectStatus(200, tokens).access_token);
  }

  withToken(person: Person, token: string): Person {
    const call: Person['call'] = (method, path, body) =>
      this.app.api(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });
    return { ...person, token, call };
  }
}

export const currentId = async (person: Person): Promise<string> =>
  expectStatus(200, await person.call<{ organization: { id: string } }>('GET', '/user/account')).organization.id;
