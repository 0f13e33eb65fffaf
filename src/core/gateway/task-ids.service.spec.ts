import { Keyring } from '../../platform/crypto/keyring.js';
import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { TaskIds } from './task-ids.service.js';

const ada = { userId: 'user_ada' as UserId, organizationId: 'org_one' as OrganizationId } as Principal;
const task = { serverId: 'mcp_one' as ServerId, id: 'of the server ~ as it is' };

describe('the id of a task', () => {
  const keyring = new Keyring(Buffer.alloc(32, 1));
  const ids = new TaskIds(keyring);

  it('comes back to who began it, and to nobody else', () => {
    const exposed = ids.expose(ada, task);
    expect(ids.read(ada, exposed)).toEqual(task);
    for (const other of [{ userId: 'user_bob' as UserId }, { organizationId: 'org_two' as OrganizationId }]) {
      expect(ids.read({ ...ada, ...other }, exposed)).toBeUndefined();
    }
    for (const wrong of ['', 'mcp_one', 'mcp_one~~x', exposed.replace('mcp_one', 'mcp_two'), `${exposed}x`]) {
      expect(ids.read(ada, wrong)).toBeUndefined();
    }
  });

  it('is marked by a key for nothing else', () => {
    const [, mark = ''] = ids.expose(ada, task).split('~');
    const text = JSON.stringify(['task', ada.userId, ada.organizationId, task.serverId, task.id]);
    const by = (['access-tokens', 'artifact-links', 'refresh-tokens', 'task-ids'] as const).filter((purpose) =>
      keyring.sign(purpose, text).startsWith(mark),
    );
    expect(by).toEqual(['task-ids']);
  });
});
