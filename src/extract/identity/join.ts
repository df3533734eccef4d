import { ModelError } from '../../core/errors.js'
import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import type { Findings } from '../findings.js'
import { type IdentityRule, speaksOf } from './identity-rule.js'
import {
  addressLabels,
  groupLabels,
  hostOf,
  isSameHost,
  machineLabels,
  nameOf,
  nodeLabels,
  replicaLabels,
} from './labels.js'
import { type MachineViews, seriesOfViews } from './machines.js'
import { onceEach } from './own-series.js'
import { viewsOf } from './view.js'

export interface JoinOptions {
  readonly rules: readonly IdentityRule[]
  readonly machineLabels: readonly string[]
  /** How many machines the response has: with a single one, measurements of a single other thing are its own. */
  readonly machines: number
}

/**
 * Of the series of another exporter those of a machine, once. Machines are known by what a rule says, by the name of the
 * node, or by the host of the address.
 *
 * @throws ModelError `INVALID_DATA` when none is of the machine, or it cannot be told which are
 */
export function joinedSeries(
  series: readonly Series[],
  machine: MachineViews,
  { rules, machineLabels: more, machines }: JoinOptions,
  findings: Findings,
): readonly Series[] {
  const metric = series[0]?.metric ?? ''
  const own = series.filter((one) => relation(one, machine, rules) === 'same')
  const taken = own.length > 0 ? own : onlyOther(series, machine, rules, machines, findings)
  if (taken.length === 0) {
    throw new ModelError('INVALID_DATA', notJoined(metric, series, machine), { field: metric })
  }
  const rest = series.filter((one) => !taken.includes(one))
  const [other] = rest
  const [one] = taken
  if (other && one) {
    const differ = Object.keys({ ...one.labels, ...other.labels }).filter(
      (label) => one.labels[label] !== other.labels[label],
    )
    const text = (labels: Labels) => differ.map((label) => `${label}=${labels[label] ?? ''}`).join(', ')
    findings.add('other machine', metric, rest.length, `${text(other.labels)} (taken: ${text(one.labels)})`)
  }
  const scrapes = new Set([...replicaLabels, ...machineLabels, ...more])
  const isScrapeLabel = (label: string) => scrapes.has(label)
  const views = viewsOf(taken, isScrapeLabel)
  const once = onceEach(views)
  const [left] = views.filter((view) => !once.some(({ key }) => key === view.key))
  if (left) findings.add('replica', metric, views.length - once.length, describeView(left.labels))
  return seriesOfViews(taken, once, isScrapeLabel)
}

type Relation = 'same' | 'other' | 'unknown'

/** How a series of another exporter stands to a machine. */
function relation({ metric, labels }: Series, { identity }: MachineViews, rules: readonly IdentityRule[]): Relation {
  const rule = rules.find((one) => speaksOf(one, metric, labels.job))
  if (rule) return byRule(labels, identity, rule)
  for (const label of groupLabels) {
    const value = labels[label]
    if (value !== undefined && identity.has(label) && !identity.get(label)!.has(value)) return 'other'
  }
  const theirNodes = valuesOf(labels, nodeLabels)
  const ourNodes = nodeLabels.flatMap((label) => [...(identity.get(label) ?? [])])
  const ourAddresses = addressLabels.flatMap((label) => [...(identity.get(label) ?? [])])
  const theirAddresses = valuesOf(labels, addressLabels)
  const meet = (theirs: readonly string[], ours: readonly string[]) =>
    theirs.some((value) => ours.some((other) => isSameHost(value, other)))
  if (theirNodes.length > 0 && ourNodes.length > 0) return meet(theirNodes, ourNodes) ? 'same' : 'other'
  if (meet([...theirAddresses, ...theirNodes], [...ourAddresses, ...ourNodes])) return 'same'
  return 'unknown'
}

function byRule(labels: Labels, identity: MachineViews['identity'], { pairs }: IdentityRule): Relation {
  const hits = pairs.map(({ theirs, ours, values }): Relation => {
    const own = [...(identity.get(ours) ?? [])]
    const value = labels[theirs]
    if (value === undefined) return 'unknown'
    if (values)
      return value === values[0] ? (own.some((one) => isSameHost(one, values[1])) ? 'same' : 'other') : 'unknown'
    return own.some((one) => isSameHost(one, value)) ? 'same' : 'other'
  })
  const plain = pairs.some(({ values }) => values !== undefined)
  if (plain) return hits.includes('same') ? 'same' : 'other'
  return hits.length > 0 && hits.every((hit) => hit === 'same') ? 'same' : 'other'
}

/** The one machine of the other exporter where there is one machine here: nothing says that they are the same. */
function onlyOther(
  series: readonly Series[],
  machine: MachineViews,
  rules: readonly IdentityRule[],
  machines: number,
  findings: Findings,
): readonly Series[] {
  const unknown = series.filter((one) => relation(one, machine, rules) === 'unknown')
  const hosts = new Set(unknown.map(({ labels }) => hostOf(nameOf(labels))))
  if (machines !== 1 || hosts.size !== 1 || unknown.length !== series.length) return []
  const example = `${[...hosts][0] || 'a series without instance'} taken for ${machine.name}; say so with --identity`
  findings.add('machine assumed', series[0]?.metric ?? '', 1, example)
  return unknown
}

function notJoined(metric: string, series: readonly Series[], { name, identity }: MachineViews): string {
  const there = [...new Set(series.map(({ labels }) => describeView(labels)))]
  const own = [...identity].map(([label, values]) => `${label}=${[...values].join('|')}`).join(', ')
  return (
    `metric ${metric} has no series of the machine ${name} {${own}}; it is of ${there.slice(0, 5).join(' ')}` +
    `${there.length > 5 ? ` and ${there.length - 5} more` : ''}; say with --identity which label names it, ` +
    'e.g. --identity "node_exporter: instance -> node"'
  )
}

function describeView(labels: Labels): string {
  const shown = [...machineLabels, ...replicaLabels].filter((label) => labels[label] !== undefined)
  return `{${shown.map((label) => `${label}=${labels[label]}`).join(', ')}}`
}

function valuesOf(labels: Labels, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => labels[name] ?? [])
}
