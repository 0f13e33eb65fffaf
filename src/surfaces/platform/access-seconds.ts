/** The document says that a token of this API lasts a day. */
export const PLATFORM_ACCESS_SECONDS = 86_400;
