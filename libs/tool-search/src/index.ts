export type { Found } from './best.js';
export { search, type SearchOptions } from './search.js';
export { buildIndex, joinIndexes, type ToolIndex } from './tool-index.js';
export type { SearchableTool } from './weights.js';
