export { type Change, SEVERITIES, type Severity, type ToolDiff, type WordChange } from './changes.js';
export { type DescribedTool, diffTools } from './diff.js';
export { findSignals, type Signal } from './prose.js';
export { findHidden, toVisible } from './visible.js';
