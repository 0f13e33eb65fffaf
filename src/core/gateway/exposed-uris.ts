/** A scheme by RFC 3986, 3.1, of which the handle of a server may be the first part. */
const FORM = /^([a-z][a-z0-9-]*)\+([A-Za-z][A-Za-z0-9+.-]*:[^]*)$/;

/** `file:///a` of the server `files` as `files+file:///a`: still a URI, and of a template still a template. */
export const exposeUri = (handle: string, uri: string): string => `${handle}+${uri}`;

/** Undefined for what was not made by `exposeUri`. */
export function readExposedUri(exposed: string): { handle: string; uri: string } | undefined {
  const [, handle, uri] = FORM.exec(exposed) ?? [];
  return handle !== undefined && uri !== undefined ? { handle, uri } : undefined;
}
