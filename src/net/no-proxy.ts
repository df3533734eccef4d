import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { ModelError, quote } from '../core/errors.js'

/** Whether a URL is reached without a proxy. */
export type NoProxy = (url: URL) => boolean

type HostTest = (host: string) => boolean

/**
 * Reads `NO_PROXY` as Go's `httpproxy` and Python's `requests` do: entries between commas or white space, each `*` for
 * everything, a domain with all below it (`svc`, `.svc`, `*.svc`), an address of IPv4 or IPv6 (with or without brackets),
 * or a network (`10.0.0.0/8`, `fd00::/8`). All but networks may end in `:port`. Names are not resolved, so addresses and
 * networks apply to URLs that have an address.
 *
 * @throws ModelError `INVALID_CONFIG` that names the entry that is none of these
 */
export function noProxy(text: string): NoProxy {
  const rules = text
    .split(/[,\s]/)
    .filter((entry) => entry !== '')
    .map(ruleOf)
  return (url) => {
    const host = url.hostname.replace(/[[\]]/g, '').replace(/\.$/, '')
    const port = url.port || defaultPorts[url.protocol]
    return rules.some((rule) => (rule.port === undefined || rule.port === port) && rule.matches(host))
  }
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

interface Rule {
  readonly matches: HostTest
  readonly port: string | undefined
}

function ruleOf(entry: string): Rule {
  const { host, port } = hostAndPort(entry)
  const matches =
    host === '*' ? () => true : host.includes('/') ? network(host) : isIP(host) !== 0 ? address(host) : domain(host)
  const usable = port === undefined || (Number(port) <= 65_535 && !host.includes('/'))
  if (matches && usable) return { matches, port }
  const message = `NO_PROXY: ${quote(entry)} is no host, domain, address or network (as 10.0.0.0/8), each but a network with or without :port`
  throw new ModelError('INVALID_CONFIG', message, { field: 'NO_PROXY' })
}

/** An address of IPv6 has colons of its own: only behind brackets does another one begin a port. */
function hostAndPort(entry: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](\/\d+)?(?::(\d+))?$/.exec(entry)
  if (bracketed) return { host: bracketed[1]! + (bracketed[2] ?? ''), port: bracketed[3] }
  const named = /^([^:]+):(\d+)$/.exec(entry)
  return named ? { host: named[1]!, port: named[2] } : { host: entry, port: undefined }
}

function network(text: string): HostTest | undefined {
  const [base = '', bits = '', ...more] = text.split('/')
  const family = isIP(base)
  if (more.length > 0 || family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return undefined
  }
  const list = new BlockList()
  list.addSubnet(base, Number(bits), familyName(family))
  return (host) => isIn(list, host)
}

function address(text: string): HostTest {
  const list = new BlockList()
  list.addAddress(text, familyName(isIP(text)))
  return (host) => isIn(list, host)
}

function isIn(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, familyName(family))
}

function familyName(family: number): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6'
}

function domain(text: string): HostTest | undefined {
  const name = domainToASCII(text.replace(/^\*?\./, '').replace(/\.$/, ''))
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return undefined
  return (host) => host === name || host.endsWith(`.${name}`)
}
