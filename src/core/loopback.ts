/** Names and addresses that only this machine can reach. */

/** @param host as it stands in a URL or an address to listen at; IPv6 in brackets or without */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
