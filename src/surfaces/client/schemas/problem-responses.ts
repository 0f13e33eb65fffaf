import { ProblemView } from './problem.schemas.js';

/** For OpenAPI: an error answer and when it comes. */
export const problem = (description: string) => ({ description, standardSchema: ProblemView });
