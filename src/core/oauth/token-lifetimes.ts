/** Whatever the settings say: an access token of a stranger's program is short-lived. */
export const MAX_ACCESS_SECONDS = 900;
/** From the redirect to the exchange. */
export const CODE_SECONDS = 60;
/** For a person to sign in, read and decide. */
export const INTERACTION_SECONDS = 15 * 60;
/** A refresh token that comes back within this long gets the successor that it already has. */
export const REFRESH_GRACE_SECONDS = 10;
