import { closeOverlay, useUi } from '../app/ui-state.js';
import { currentPlan } from '../session/plan-rules.js';
import type { ShownNode } from '../session/state.js';
import { ApproveAllSheet } from './sheets/approve-all-sheet.js';
import { ConnectionSheet } from './sheets/connection-sheet.js';
import { EditSheet } from './sheets/edit-sheet.js';
import { FileSheet } from './sheets/file-sheet.js';
import { ModelSheet } from './sheets/model-sheet.js';
import { NodeSheet } from './sheets/node-sheet.js';
import { RejectSheet } from './sheets/reject-sheet.js';
import { RenameSheet } from './sheets/rename-sheet.js';
import { ResolveSheet } from './sheets/resolve-sheet.js';
import { RetrySheet } from './sheets/retry-sheet.js';
import { useLive } from './live-context.js';

/** Whatever is open over the console. */
export function Overlays() {
  const overlay = useUi((state) => state.overlay);
  const plans = useLive((state) => state.session.plans);
  const current = useLive((state) => currentPlan(state.session));
  const files = useLive((state) => state.session.artifacts);
  const all = Object.values(plans).flatMap((plan) => plan.nodes);
  const find = (id: string): ShownNode | undefined =>
    current?.nodes.find((node) => node.id === id) ?? all.find((node) => node.id === id);

  switch (overlay.kind) {
    case 'connection':
      return <ConnectionSheet onClose={closeOverlay} />;
    case 'rename':
      return <RenameSheet onClose={closeOverlay} />;
    case 'model':
      return <ModelSheet onClose={closeOverlay} />;
    case 'approve-all':
      return <ApproveAllSheet onClose={closeOverlay} />;
    case 'reject':
      return <RejectSheet ids={overlay.node_ids} onClose={closeOverlay} />;
    case 'file': {
      const file = files.find((one) => one.artifact_id === overlay.artifact_id);
      return file ? <FileSheet key={file.artifact_id} file={file} onClose={closeOverlay} /> : null;
    }
    case 'node':
    case 'edit':
    case 'resolve':
    case 'retry': {
      const node = find(overlay.node_id);
      if (!node) return null;
      const Sheet = { node: NodeSheet, edit: EditSheet, resolve: ResolveSheet, retry: RetrySheet }[overlay.kind];
      return <Sheet key={node.id} node={node} onClose={closeOverlay} />;
    }
    default:
      return null;
  }
}
