export { Bag, type Baggable, NOWHERE } from './bag.js';
export { createGathering, type Gathering } from './gathering.js';
export { type Ageing, Pulse } from './pulse.js';
export { afterwards, promised, type Soon, whenAllHere, whenHere } from './soon.js';
