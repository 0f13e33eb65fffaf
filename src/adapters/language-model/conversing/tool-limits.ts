/**
 * Tools that are functions of their own, beside the one function that is ours: OpenAI takes 128 functions in a request
 * (platform.openai.com, “Function calling”). Others take more, but choose worse among them, and each is paid for with
 * each reply.
 */
export const MOST_DECLARED = 127;
/** Further tools that can be called as parts of a plan, each told in a line: of more, hardly more than names would be left. */
export const MOST_LISTED = 250;
