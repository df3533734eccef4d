import { append } from '../../core/multimap.js'
import { type IdentityRule, speaksOf } from '../../extract/identity/identity-rule.js'
import { addressLabels, hostOf, nodeLabels } from '../../extract/identity/labels.js'
import { guestLabels } from '../../extract/machine-series.js'
import type { Labels } from '../../prometheus/labels.js'
import { isKeplerTrainingMetric } from '../../vocabulary/vocabularies.js'
import type { StoredTarget } from '../history/series-store.js'

/** Scrape targets that may be of one machine, by what their labels call it. */
export interface TargetGroup {
  readonly targets: readonly StoredTarget[]
}

export interface TargetGroups {
  /** Those with a Kepler; no machine is in two of them. */
  readonly groups: readonly TargetGroup[]
  /** Targets whose labels do not say of which machines they are, while a rule may: any machine may have them. */
  readonly ofAny: readonly StoredTarget[]
}

/** What the labels of a target call its machines. */
interface Named {
  readonly target: StoredTarget
  readonly hasKepler: boolean
  /** Hosts, without port and in lower case. */
  readonly hosts: ReadonlySet<string>
  /** Whether it has series of which only a rule tells the machine, by labels that targets do not have in common. */
  readonly ofAny: boolean
}

/**
 * Puts targets together that may be of one machine: the exporters of a host, and those in its virtual machines. Two that
 * have no name in common, with or without a domain, never are, so each group can be looked at by itself.
 */
export function targetGroups(targets: readonly StoredTarget[], rules: readonly IdentityRule[] = []): TargetGroups {
  const federated = federatedAddresses(targets)
  const named = targets.map((target) => namesOf(target, rules, federated))
  const groups = grouped(named)
  const withKepler = groups.filter((group) => group.some(({ hasKepler }) => hasKepler))
  // With a single machine, what nobody names may be its own.
  if (withKepler.length <= 1) return { groups: targets.length === 0 ? [] : [{ targets }], ofAny: [] }
  const targetsOf = (some: readonly Named[]) => some.map(({ target }) => target)
  return {
    groups: withKepler.map((group) => ({ targets: targetsOf(group.filter(({ ofAny }) => !ofAny)) })),
    ofAny: targetsOf(named.filter(({ ofAny }) => ofAny)),
  }
}

/**
 * Addresses under which a Prometheus passes on what others measured: they are of all machines, and so of none. Kepler names
 * its machine in some metrics only; those without a name then have the address alone.
 */
function federatedAddresses(targets: readonly StoredTarget[]): ReadonlySet<string> {
  const passedOn = new Map<string, Set<string>>()
  for (const target of targets) {
    const { instance = '', exported_instance: exported = '' } = labelsOf(target)
    passedOn.set(instance, (passedOn.get(instance) ?? new Set<string>()).add(exported))
  }
  const isFederated = (exported: ReadonlySet<string>) => exported.size > 1 && !exported.has('')
  return new Set([...passedOn].flatMap(([instance, exported]) => (isFederated(exported) ? [instance] : [])))
}

function labelsOf(target: StoredTarget): Labels {
  return target.series()[0]?.labels() ?? {}
}

function namesOf(target: StoredTarget, rules: readonly IdentityRule[], federated: ReadonlySet<string>): Named {
  const series = target.series()
  const labels = labelsOf(target)
  const metrics = new Set(series.map(({ metric }) => metric))
  const hasKepler = [...metrics].some((metric) => isKeplerTrainingMetric(metric, 'container'))
  const values = [...addressLabels, ...nodeLabels].flatMap((label) => labels[label] || [])
  const isPassedOn = labels.exported_instance !== undefined && federated.has(labels.instance ?? '')
  const own = isPassedOn ? values.filter((value) => value !== labels.instance) : values
  const hosts = new Set(own.map(hostNamed))
  let ofAny = false
  for (const metric of hasKepler ? [] : metrics) {
    const rule = rules.find((one) => speaksOf(one, metric, labels.job))
    if (rule === undefined) continue
    const told = namesByRule(rule, labels)
    if (told === undefined) ofAny = true
    for (const name of told ?? []) hosts.add(hostNamed(name))
  }
  // What a host says of its virtual machines: their own exporters are called so.
  for (const one of hasKepler ? series : []) {
    const guest = one.labels()
    for (const label of guestLabels) if (guest[label]) hosts.add(hostNamed(guest[label]))
  }
  return { target, hasKepler, hosts, ofAny }
}

/** What a rule makes of labels that all series of a target have; `undefined` where it looks at others. */
function namesByRule({ pairs }: IdentityRule, labels: Labels): readonly string[] | undefined {
  const names: string[] = []
  for (const { theirs, ours, values } of pairs) {
    const isName = [...addressLabels, ...nodeLabels].some((label) => label === ours)
    const isOfTarget = [...addressLabels, ...nodeLabels].some((label) => label === theirs)
    if (!isName || !isOfTarget) return undefined
    const value = labels[theirs]
    if (value === undefined) continue
    if (values === undefined) names.push(value)
    else if (value === values[0]) names.push(values[1])
  }
  return names
}

function hostNamed(value: string): string {
  return hostOf(value).toLowerCase()
}

/** Those that share a host, directly or through others. */
function grouped(named: readonly Named[]): readonly (readonly Named[])[] {
  const sets = disjointSets()
  const known = new Set(named.flatMap(({ hosts }) => [...hosts]))
  for (const host of known) {
    // `node-1` may be `node-1.example.com`; the parts of an address are no names.
    if (host.includes(':') || /^\d+(\.\d+){3}$/.test(host)) continue
    for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
      const short = host.slice(0, dot)
      if (known.has(short)) sets.join(short, host)
    }
  }
  for (const { hosts } of named) {
    const [first, ...others] = hosts
    for (const other of others) sets.join(first!, other)
  }
  const groups = new Map<string, Named[]>()
  const nameless: Named[] = []
  for (const one of named) {
    const [host] = one.hosts
    if (host === undefined) nameless.push(one)
    else append(groups, sets.find(host), one)
  }
  return [...groups.values(), ...(nameless.length > 0 ? [nameless] : [])]
}

/** Union and find (Tarjan 1975), with halved paths. */
function disjointSets() {
  const parents = new Map<string, string>()
  const find = (name: string): string => {
    let at = name
    for (;;) {
      const parent = parents.get(at) ?? at
      if (parent === at) return at
      const above = parents.get(parent) ?? parent
      parents.set(at, above)
      at = above
    }
  }
  return { find, join: (a: string, b: string) => void parents.set(find(a), find(b)) }
}
