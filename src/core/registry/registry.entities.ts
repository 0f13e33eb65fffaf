import { ServerEntity } from './server.entity.js';
import { ToolSnapshotEntity } from './tool-snapshot.entity.js';

export const REGISTRY_ENTITIES = [ServerEntity, ToolSnapshotEntity];
