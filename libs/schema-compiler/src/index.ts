export * from './compile.js';
export { type Dialect, type DialectRules, DIALECTS, RULES } from './dialects.js';
export { type Compatibility, type Note, NOTE_CODES, type NoteCode } from './notes.js';
export { shorten, showInvisible, toVisibleJson } from './text.js';
export { type JsonSchema } from './json.js';
export * from './tool-compiler.js';
export { measureWork, type Workload } from './workload.js';
