import { append } from '../../core/multimap.js'
import type { Labels } from '../../prometheus/labels.js'
import type { Series } from '../../prometheus/response.js'
import { valueAt } from '../../table/timeline.js'

/**
 * One way in which measurements came: the series that agree in all labels that the exporter itself does not set. Two
 * replicas of Prometheus, two jobs, or two clusters behind one Thanos are several views.
 */
export interface View {
  readonly key: string
  /** The labels that its series have in common. */
  readonly labels: Labels
  /** By what they measure: metric and the exporter's own labels. Made when it is first asked for. */
  readonly series: () => ReadonlyMap<string, Series>
  readonly samples: number
  /** Unix seconds; infinite where there are no samples. */
  readonly first: number
  readonly last: number
  /** Where only what is after or before a time counts, since another view has the rest. */
  readonly after?: number
  readonly before?: number
}

/** Which labels say how a series came, rather than what it measures. */
export type IsScrapeLabel = (label: string) => boolean

export function viewKey(labels: Labels, isScrapeLabel: IsScrapeLabel): string {
  const parts: string[] = []
  // Prometheus sorts labels: then they need not be sorted again for each of thousands of series.
  let last = ''
  let sorted = true
  for (const label in labels) {
    if (labels[label] === '' || !isScrapeLabel(label)) continue
    const part = `${label}=${labels[label]}`
    parts.push(part)
    sorted &&= last <= part
    last = part
  }
  return (sorted ? parts : parts.sort()).join('\n')
}

/** The views of series, those of most samples first. */
export function viewsOf(series: readonly Series[], isScrapeLabel: IsScrapeLabel): readonly View[] {
  const views = new Map<string, Series[]>()
  for (const one of series) {
    const key = viewKey(one.labels, isScrapeLabel)
    append(views, key, one)
  }
  return [...views]
    .map(([key, own]) => viewOf(key, own, isScrapeLabel))
    .sort((a, b) => b.samples - a.samples || (a.key < b.key ? -1 : 1))
}

function viewOf(key: string, own: readonly Series[], isScrapeLabel: IsScrapeLabel): View {
  const shared = Object.entries(own[0]?.labels ?? {}).filter(([label, value]) => isScrapeLabel(label) && value !== '')
  let samples = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { timestamps } of own) {
    samples += timestamps.length
    first = Math.min(first, timestamps[0] ?? first)
    last = Math.max(last, timestamps.at(-1) ?? last)
  }
  let series: ReadonlyMap<string, Series> | undefined
  return {
    key,
    labels: Object.fromEntries(shared),
    samples,
    first,
    last,
    series: () => (series ??= new Map(own.map((one) => [thingOf(one, isScrapeLabel), one]))),
  }
}

export function overlap(a: View, b: View): boolean {
  return a.first <= b.last && b.first <= a.last
}

/** Whether they have series of the same thing: if not, each has a part of a machine. */
export function shareThings(a: View, b: View): boolean {
  for (const thing of a.series().keys()) if (b.series().has(thing)) return true
  return false
}

/** Two exporters of one node agree in what they add up as far as this. */
const growthTolerance = 0.05

/**
 * Whether two views measured the same. Replicas scrape at moments of their own, so counters may differ by what is counted
 * between two scrapes; with `ofGrowth` only what they grew by counts, since each exporter begins at its own start.
 */
export function measureTheSame(a: View, b: View, ofGrowth = false): boolean {
  let agree = 0
  let differ = 0
  for (const [thing, one] of a.series()) {
    const other = b.series().get(thing)
    const same = other && isSame(one, other, ofGrowth)
    if (same === undefined) continue
    if (same) agree++
    else differ++
  }
  return agree > differ
}

/** `undefined` where they tell nothing: no time in common, or counters that stand still. */
function isSame(a: Series, b: Series, ofGrowth: boolean): boolean | undefined {
  const from = Math.max(a.timestamps[0] ?? Number.NaN, b.timestamps[0] ?? Number.NaN)
  const to = Math.min(a.timestamps.at(-1) ?? Number.NaN, b.timestamps.at(-1) ?? Number.NaN)
  if (!(to > from)) return undefined
  const [begin, end] = [
    [valueAt(a, from), valueAt(b, from)],
    [valueAt(a, to), valueAt(b, to)],
  ] as const
  const growth = [end[0] - begin[0], end[1] - begin[1]] as const
  const most = Math.max(Math.abs(growth[0]), Math.abs(growth[1]))
  if (!(most > 0)) return undefined
  if (ofGrowth) return Math.abs(growth[0] - growth[1]) <= growthTolerance * most
  const allowed = 2 * Math.max(usualJump(a), usualJump(b))
  return Math.abs(begin[0] - begin[1]) <= allowed && Math.abs(end[0] - end[1]) <= allowed
}

/** The largest change from one sample to the next, apart from a few that stand out. */
function usualJump({ values }: Series): number {
  const jumps = values
    .slice(1)
    .map((value, i) => Math.abs(value - values[i]!))
    .filter((jump) => jump > 0)
    .sort()
  return jumps[Math.floor(0.95 * (jumps.length - 1))] ?? 0
}

function thingOf({ metric, labels }: Series, isScrapeLabel: IsScrapeLabel): string {
  const own = Object.keys(labels)
    .filter((label) => label !== '__name__' && !isScrapeLabel(label))
    .sort()
  return [metric, ...own.map((label) => `${label}=${labels[label]}`)].join('\n')
}
