const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Where the metadata of a resource is: its path comes after the well-known one (RFC 9728, 3.1). */
export const resourceMetadataUrl = (origin: string, path: string): string => `${origin}${WELL_KNOWN}${path}`;
