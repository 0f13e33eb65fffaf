/** From where somebody signs in. */
export interface SignInClient {
  /** Address of the peer, as the transport gives it. */
  ip: string;
  userAgent?: string;
  /** Chosen by the client; kept with the sign-in and shown to its owner. */
  deviceFingerprint?: string;
}

/** How somebody proved who they are. */
export type SignInWay = 'code' | 'password' | 'link';
