import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import { addressLabels, groupLabels, machineLabels, nameOf, nodeLabels, replicaLabels } from './labels.js'
import { type IsScrapeLabel, measureTheSame, overlap, shareThings, type View, viewKey, viewsOf } from './view.js'

/** What tells machines apart. */
export interface IdentityOptions {
  /** Labels that the exporter itself sets: what is measured, never where. */
  readonly measured: ReadonlySet<string>
  /** Further labels that tell machines apart. */
  readonly machineLabels?: readonly string[]
  /** Labels that people call a machine by, before its address and node. */
  readonly nameLabels?: readonly string[]
}

/** A machine that measurements are of, and the views of it that count. */
export interface MachineViews {
  /** What people call it; names that two machines share have the label behind them that tells them apart. */
  readonly name: string
  /** The labels that tell machines apart, of all views. */
  readonly identity: ReadonlyMap<string, ReadonlySet<string>>
  /** Views that follow each other, or each have a part: together they are the machine, once. */
  readonly taken: readonly View[]
  /** Views of the same measurements: replicas of Prometheus, further jobs. */
  readonly replicas: readonly View[]
  readonly samples: number
}

export function scrapeLabelsOf({ measured }: IdentityOptions): IsScrapeLabel {
  return (label) => label !== '__name__' && label !== '__type__' && !measured.has(label)
}

/** The machines that series are of, those of most samples first. */
export function machinesOf(series: readonly Series[], options: IdentityOptions): readonly MachineViews[] {
  const own = [...machineLabels, ...(options.machineLabels ?? [])]
  const groups: View[][] = []
  for (const view of viewsOf(series, scrapeLabelsOf(options))) {
    const group = groups.find((views) => isSameMachine(views, view, own))
    if (group) group.push(view)
    else groups.push([view])
  }
  const machines = groups.map((views) => machineOf(views, own, options.nameLabels))
  return withDistinctNames(machines).sort((a, b) => b.samples - a.samples || (a.name < b.name ? -1 : 1))
}

/** Tells labels that contradict a machine's: a label that both have, with another value, or nothing in common of a kind. */
export function contradicting({ identity }: Pick<MachineViews, 'identity'>): (labels: Labels) => boolean {
  const kinds = [addressLabels, nodeLabels].map((kind) => {
    const own = new Set(kind.flatMap((label) => [...(identity.get(label) ?? [])]))
    return { kind, own }
  })
  return (labels) => {
    for (const [label, values] of identity) {
      const value = labels[label]
      if (value !== undefined && value !== '' && !values.has(value)) return true
    }
    return kinds.some(({ kind, own }) => own.size > 0 && isElsewhere(kind, labels, own))
  }
}

function isElsewhere(kind: readonly string[], labels: Labels, own: ReadonlySet<string>): boolean {
  let named = false
  for (const label of kind) {
    const value = labels[label]
    if (value === undefined || value === '') continue
    if (own.has(value)) return false
    named = true
  }
  return named
}

/** Whether a user who says `name` means this machine: any label of its identity may be it. */
export function isCalled({ name: own, identity }: Pick<MachineViews, 'name' | 'identity'>, name: string): boolean {
  return own === name || [...identity.values()].some((values) => values.has(name))
}

/**
 * A view is of a machine when no label contradicts, and its counters agree with those that it has at the same time. The
 * address may change where the node is the same: an exporter that was started again, or one beside it.
 */
function isSameMachine(views: readonly View[], view: View, own: readonly string[]): boolean {
  const [first] = views
  if (first === undefined) return false
  const different = [
    ...own.filter((label) => differs(first.labels, view.labels, label) && !passedOn(first.labels, view.labels, label)),
    ...(disjoint(addressLabels, first.labels, view.labels) ? ['instance'] : []),
    ...(disjoint(nodeLabels, first.labels, view.labels) ? ['node'] : []),
  ]
  const atOnce = views.filter((other) => overlap(other, view) && shareThings(other, view))
  if (different.length === 0) return atOnce.every((other) => measureTheSame(other, view))
  const isAddress = (label: string) => addressLabels.some((address) => address === label)
  const sameNode = nodeLabels.some(
    (label) => first.labels[label] !== undefined && first.labels[label] === view.labels[label],
  )
  if (!sameNode || !different.every(isAddress)) return false
  return atOnce.every((other) => measureTheSame(other, view, true))
}

/** Whether both are called something by labels of a kind, and nothing is the same: an address may stand in one or another. */
function disjoint(kind: readonly string[], a: Labels, b: Labels): boolean {
  const [one, other] = [valuesOf(kind, a), valuesOf(kind, b)]
  return one.length > 0 && other.length > 0 && !one.some((value) => other.includes(value))
}

function valuesOf(kind: readonly string[], labels: Labels): readonly string[] {
  return kind.flatMap((label) => labels[label] || [])
}

function differs(a: Labels, b: Labels, label: string): boolean {
  return a[label] !== undefined && b[label] !== undefined && a[label] !== b[label]
}

/**
 * Whether an address differs only because one of them came through another Prometheus: that one's own address is then the
 * `instance`, and what the other one calls `instance` has moved to `exported_instance`.
 */
function passedOn(a: Labels, b: Labels, label: string): boolean {
  if (label !== 'instance' || (a.exported_instance === undefined) === (b.exported_instance === undefined)) return false
  return a.exported_instance === b.instance || b.exported_instance === a.instance
}

function machineOf(views: readonly View[], own: readonly string[], nameLabels: readonly string[] = []): MachineViews {
  const taken: View[] = []
  const replicas: View[] = []
  for (const view of views) {
    const rest = restOf(view, taken)
    if (rest) taken.push(rest)
    else replicas.push(view)
  }
  const identity = new Map<string, Set<string>>()
  for (const { labels } of views) {
    for (const label of own) {
      const value = labels[label]
      if (value !== undefined) identity.set(label, (identity.get(label) ?? new Set<string>()).add(value))
    }
  }
  const samples = taken.reduce((sum, view) => sum + view.samples, 0)
  const labels: Labels = taken[0]?.labels ?? {}
  const name = nameLabels.map((label) => labels[label]).find((value) => value !== undefined && value !== '')
  return { name: name ?? nameOf(labels), identity, taken, replicas, samples }
}

/** Share of a view that must lie outside of what others have measured to count as what came before or after them. */
const leastRest = 0.3

/** What a view adds to those that are taken: all of it, what came after or before them, or nothing. */
export function restOf(view: View, taken: readonly View[]): View | undefined {
  const at = taken.filter((other) => overlap(other, view) && shareThings(other, view))
  if (at.length === 0) return view
  const first = Math.min(...at.map((other) => other.first))
  const last = Math.max(...at.map((other) => other.last))
  const least = leastRest * (view.last - view.first)
  if (view.last - last > least) return { ...view, first: last, after: last }
  if (first - view.first > least) return { ...view, last: first, before: first }
  return undefined
}

/** Of machines that are called the same, the labels that tell them apart. */
function withDistinctNames(machines: readonly MachineViews[]): MachineViews[] {
  return machines.map((machine) => {
    const others = machines.filter((other) => other !== machine && other.name === machine.name)
    if (others.length === 0) return machine
    const labels: Labels = machine.taken[0]?.labels ?? {}
    const telling = Object.keys(labels)
      .filter((label) => others.some(({ taken }) => taken[0]?.labels[label] !== labels[label]))
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    const [label] = telling
    return label === undefined ? machine : { ...machine, name: `${machine.name} (${label}=${labels[label]})` }
  })
}

/** Which label says best which machine it is. */
function rank(label: string): number {
  const order: readonly string[] = [...groupLabels, ...nodeLabels, ...addressLabels]
  const at = order.indexOf(label)
  return at >= 0 ? at : replicaLabels.includes(label) ? 1000 : 500
}

/** The series of views, as far as these count. */
export function seriesOfViews(
  series: readonly Series[],
  views: readonly View[],
  isScrapeLabel: IsScrapeLabel,
): readonly Series[] {
  const byKey = new Map(views.map((view) => [view.key, view]))
  return series.flatMap((one) => {
    const view = byKey.get(viewKey(one.labels, isScrapeLabel))
    if (view === undefined) return []
    const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = view
    return view.after === undefined && view.before === undefined ? [one] : clipped(one, after, before)
  })
}

function clipped(series: Series, after: number, before: number): readonly Series[] {
  const keep = [...series.timestamps.keys()].filter(
    (i) => series.timestamps[i]! > after && series.timestamps[i]! < before,
  )
  if (keep.length === 0) return []
  const pick = (values: Float64Array) => Float64Array.from(keep, (i) => values[i]!)
  return [{ ...series, timestamps: pick(series.timestamps), values: pick(series.values) }]
}
