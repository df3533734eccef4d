import { networkInterfaces } from 'node:os'

/** Whether the machine that runs the tests has the address `::1`. */
export function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
}
