const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Only this machine reaches it. */
export const isLoopback = (url: string): boolean => LOOPBACK.test(new URL(url).hostname);

/** Some clients ask before they speak without TLS to another machine. */
export const isPrivateHttp = (url: string): boolean => url.startsWith('http:') && !isLoopback(url);
