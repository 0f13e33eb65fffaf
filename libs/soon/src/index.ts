export { createGathering, type Gathering } from './gathering.js';
export { afterwards, promised, type Soon, whenAllHere, whenHere } from './soon.js';
