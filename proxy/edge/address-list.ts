import { BlockList, isIP } from 'node:net'

/** IPv4 as a dual-stack socket writes it: RFC 4291, section 2.5.5.2. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i

/** Addresses from which a fork is taken: networks in CIDR notation, and single addresses. */
export class AddressList {
  readonly #list = new BlockList()

  /** @param ranges as the configuration has checked them: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7` */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/')
      const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
      this.#list.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family)
    }
  }

  /** Whether the peer is one of them; a socket that has lost its peer already is none. */
  has(address: string | undefined): boolean {
    const plain = (address ?? '').replace(MAPPED, '')
    const version = isIP(plain)
    return version !== 0 && this.#list.check(plain, version === 6 ? 'ipv6' : 'ipv4')
  }
}
