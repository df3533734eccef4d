import type { Labels } from '../prometheus/labels.js'

/** What was wrong with data that could be used nevertheless, or (validate) what would stop its use. */
export type ExtractionFindingKind =
  | 'empty series'
  | 'one sample'
  | 'not a number'
  | 'not finite'
  | 'duplicate time'
  | 'clock steps back'
  | 'counter reset'
  | 'gap'
  | 'long gap'
  | 'impossible value'
  | 'incomplete time'
  | 'other exporter'
  | 'missing metric'
  | 'missing component'
  | 'other vocabulary'
  | 'other machine'
  | 'machine assumed'
  | 'replica'
  | 'not told'

/** What is doubtful about dynamic power that an isolator made. */
export type IsolationFindingKind = 'never idle' | 'profile above the run' | 'absolute power'
export type FindingKind = ExtractionFindingKind | IsolationFindingKind

export interface Finding {
  readonly kind: FindingKind
  readonly metric: string
  /** How many samples, or series for `empty series` and `one sample`. */
  readonly count: number
  /** The first series in which it was met, as labels. */
  readonly example: string
  /** What was done about it. */
  readonly effect: string
}

/** Gathers findings, one line per metric and kind. */
export interface Findings {
  add(kind: ExtractionFindingKind, metric: string, count: number, example: string): void
  list(): readonly Finding[]
}

const effects: Readonly<Record<ExtractionFindingKind, string>> = {
  'empty series': 'left out',
  'one sample': 'left out, a rate needs two',
  'not a number': 'samples left out',
  'not finite': 'samples left out',
  'duplicate time': 'the last sample of a time counts',
  'clock steps back': 'sorted by time',
  'counter reset': 'the rate before is repeated',
  gap: 'the rate is the mean over the gap',
  'long gap': 'left out: it tells nothing of a moment',
  'impossible value': 'rows left out',
  'incomplete time': 'times without all series left out',
  'other exporter': 'left out: one node at a time',
  'missing metric': 'nothing can be extracted',
  'missing component': 'the others are taken',
  'other machine': 'left out: not the machine that was metered',
  'machine assumed': 'nothing shows that it is the same machine',
  replica: 'left out: the same measurements a second time',
  'not told': '0 in all rows',
  'other vocabulary': 'left out: one version of Kepler at a time',
}

export function findings(): Findings {
  const found = new Map<string, { kind: ExtractionFindingKind; metric: string; count: number; example: string }>()
  return {
    add(kind, metric, count, example) {
      if (count === 0) return
      const key = `${kind}\n${metric}`
      const known = found.get(key)
      if (known) known.count += count
      else found.set(key, { kind, metric, count, example })
    },
    list: () => [...found.values()].map((finding) => ({ ...finding, effect: effects[finding.kind] })),
  }
}

/** Findings that take no notice of a kind. */
export function without(kind: ExtractionFindingKind, findings: Findings): Findings {
  return {
    add: (found, metric, count, example) => {
      if (found !== kind) findings.add(found, metric, count, example)
    },
    list: () => findings.list(),
  }
}

const tellingLabels = [
  'container_name',
  'pod_name',
  'container_id',
  'pid',
  'comm',
  'zone',
  'mode',
  'package',
  'pkg_id',
  'source',
  'instance',
]

/** The labels that tell a series from its neighbours, for messages. */
export function describeLabels(labels: Labels): string {
  const told = tellingLabels
    .filter((name) => labels[name] !== undefined)
    .map((name) => `${name}=${labels[name]!.slice(0, 40)}`)
  return `{${told.join(', ')}}`
}
