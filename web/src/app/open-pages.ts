/** Pages that stand in front of the sign-in. */
export const isOpenPage = (pathname: string): boolean => /^\/(sign-in|claim|(link|consent)\/[^/]+)\/?$/.test(pathname);
