/**
 * Whether a host to listen on can be reached from this machine alone: `localhost`, `::1`, 127.0.0.0/8 in full notation
 * (RFC 6890). Everything else counts as reachable, a name that happens to resolve to loopback among it.
 */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** A URL's host as `listen.host` would name it: an IPv6 address without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')
