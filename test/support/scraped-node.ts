import { type Random, seededRandom } from '../../src/numeric/random.js'
import { type PrometheusResponse, responseCollector } from '../../src/prometheus/response.js'
import { energyComponents } from '../../src/simulate/container.js'
import { defaultMachine } from '../../src/simulate/machine.js'
import { simulatedNode } from '../../src/simulate/node.js'
import { type ScenarioName, scenarioNamed } from '../../src/simulate/scenario.js'
import { exposedMetrics, shownNode } from '../../src/simulate/shown-node.js'
import { usageFeatures } from '../../src/simulate/usage.js'

/** How a simulated node is scraped, and asked for. */
export interface Scene {
  /** Seconds between scrapes, and between the times of the query. */
  readonly interval: number
  readonly step: number
  readonly scenario?: ScenarioName
  readonly duration?: number
  /** Seconds after the first time of the query at which the first scrape is made. @default a third of the interval */
  readonly phase?: number
  /** Scrapes come up to so many seconds early or late. */
  readonly jitter?: number
  /** Share of scrapes that are lost. */
  readonly loss?: number
  /** Seconds after which the exporter restarts, once. */
  readonly resetAt?: number
  /** Seconds at which the package counter leaps by so many joules, and stays there. */
  readonly spikes?: readonly { readonly at: number; readonly joules: number }[]
  /** A second Prometheus that scrapes the same node, and whose series carry its name. */
  readonly replicas?: boolean
  /** Nodes; the truth is that of the first. */
  readonly machines?: number
  readonly seed?: number
}

/** What is true between two times of the query: of what was scraped last before each. */
export interface Truth {
  readonly watts: Readonly<Record<(typeof energyComponents)[number], number>>
  readonly usage: Readonly<Record<string, number>>
}

export interface ScrapedNode {
  readonly response: PrometheusResponse
  /** The answer as it is saved. */
  readonly text: string
  /** The scrapes themselves, as OpenMetrics text with times, from which Prometheus makes blocks. */
  openMetrics(): string
  truth(from: number, to: number): Truth
}

interface Scrape {
  readonly time: number
  readonly values: ReadonlyMap<string, number>
  /** Joules and usage since the beginning, without restarts and leaps. */
  readonly used: readonly number[]
  readonly usage: readonly number[]
}

export const start = 1_700_000_000
/** A range query shows a sample for so many seconds. */
const lookback = 300

/** A simulated node as a Prometheus answers a range query about it. */
export function scrapedNode(scene: Scene): ScrapedNode {
  const { seed = 1, machines = 1, replicas = false } = scene
  const random = seededRandom(seed)
  const collector = responseCollector()
  const series = new Map<string, Map<string, { labels: object; samples: [number, number][] }>>()
  let first: readonly Scrape[] = []
  const all: { scrapes: readonly Scrape[]; labelsOf: LabelsOf }[] = []
  for (let machine = 0; machine < machines; machine++) {
    for (let replica = 0; replica < (replicas ? 2 : 1); replica++) {
      const { scrapes, labelsOf } = scrapesOf(scene, machine, random)
      if (machine === 0 && replica === 0) first = scrapes
      const own = replicas ? { prometheus_replica: `prometheus-${replica}` } : {}
      const labels: LabelsOf = (key) => ({ ...labelsOf(key), ...own })
      all.push({ scrapes, labelsOf: labels })
      addSeries(series, scene, scrapes, labels)
    }
  }
  const json = Object.fromEntries(
    [...series].map(([metric, list]) => [
      metric,
      [...list.values()].map(({ labels, samples }) => ({
        metric: { __name__: metric, ...labels },
        values: samples.map(([time, value]) => [time, String(value)]),
      })),
    ]),
  )
  const text = JSON.stringify(json)
  collector.scanner.write(Buffer.from(text))
  const openMetrics = () => openMetricsOf(all)
  return { response: collector.finish(), text, openMetrics, truth: (from, to) => truthBetween(first, from, to) }
}

/** The life of one node, with its scrapes. */
function scrapesOf(scene: Scene, machine: number, random: Random) {
  const { interval, duration = 900, phase = interval / 3, jitter = 0, loss = 0, resetAt, spikes = [], seed = 1 } = scene
  const node = simulatedNode({
    scenario: scenarioNamed(scene.scenario ?? 'mixed'),
    machine: { ...defaultMachine, instance: `node-${machine + 1}` },
    seed: seed + machine,
  })
  const metrics = exposedMetrics()
  const labels = new Map<string, object>()
  const scrapes: Scrape[] = []
  let base = new Map<string, number>()
  const usage = new Map<string, number[]>()
  let restarted = false
  for (let planned = phase - 2 * interval; planned <= duration; planned += interval) {
    const at = planned + (2 * random.next() - 1) * jitter
    // The node lives from some intervals before the query on.
    node.advanceTo(at + 3 * interval)
    const values = new Map<string, number>()
    for (const metric of metrics) {
      metric.read(shownNode(node), (key, labelsNow, value) => {
        const id = `${metric.name}\n${key}`
        if (!labels.has(id)) labels.set(id, labelsNow())
        const leap = /_package_joules_total\ndynamic\/0$/.test(id)
          ? spikes.reduce((sum, spike) => sum + (at >= spike.at ? spike.joules : 0), 0)
          : 0
        values.set(id, value + leap)
      })
    }
    if (resetAt !== undefined && at >= resetAt && !restarted) {
      base = new Map(values)
      restarted = true
    }
    for (const { id, usage: own } of node.containers()) usage.set(id, [...own])
    const used = energyComponents.map((_, c) =>
      [...node.used.idle[c]!, ...node.used.dynamic[c]!].reduce((sum, joules) => sum + joules, 0),
    )
    const totals = usageFeatures.map((_, f) => [...usage.values()].reduce((sum, own) => sum + own[f]!, 0))
    if (random.next() < loss) continue
    const shown = new Map(
      [...values].map(([id, value]) => [id, id.includes('_total') ? value - (base.get(id) ?? 0) : value]),
    )
    scrapes.push({ time: start + at, values: shown, used, usage: totals })
  }
  return { scrapes, labelsOf: (id: string) => labels.get(id)! }
}

function addSeries(
  series: Map<string, Map<string, { labels: object; samples: [number, number][] }>>,
  { step, duration = 900 }: Scene,
  scrapes: readonly Scrape[],
  labelsOf: LabelsOf,
): void {
  for (let time = start; time <= start + duration; time += step) {
    const last = lastBefore(scrapes, time)
    if (last === undefined || time - last.time > lookback) continue
    for (const [id, value] of last.values) {
      const [metric = ''] = id.split('\n')
      const labels = labelsOf(id)
      const key = JSON.stringify(labels)
      const list = series.get(metric) ?? new Map()
      series.set(metric, list)
      const one = list.get(key) ?? { labels, samples: [] }
      list.set(key, one)
      one.samples.push([time, value])
    }
  }
}

type LabelsOf = (id: string) => object

function openMetricsOf(all: readonly { scrapes: readonly Scrape[]; labelsOf: LabelsOf }[]): string {
  const families = new Map<string, string[]>()
  for (const { scrapes, labelsOf } of all) {
    for (const { time, values } of scrapes) {
      for (const [id, value] of values) {
        const [metric = ''] = id.split('\n')
        const labels = Object.entries(labelsOf(id)).map(([name, text]) => `${name}=${JSON.stringify(text)}`)
        const lines = families.get(metric) ?? []
        families.set(metric, lines)
        lines.push(`${metric}{${labels.join(',')}} ${value} ${time.toFixed(3)}`)
      }
    }
  }
  const text = [...families].map(([metric, lines]) => {
    const type = metric.endsWith('_total') ? 'counter' : 'gauge'
    return `# TYPE ${metric.replace(/_total$/, '')} ${type}\n${lines.join('\n')}\n`
  })
  return `${text.join('')}# EOF\n`
}

function lastBefore(scrapes: readonly Scrape[], time: number): Scrape | undefined {
  let found: Scrape | undefined
  for (const scrape of scrapes) if (scrape.time <= time && (!found || scrape.time > found.time)) found = scrape
  return found
}

function truthBetween(scrapes: readonly Scrape[], from: number, to: number): Truth {
  const [before, after] = [lastBefore(scrapes, from)!, lastBefore(scrapes, to)!]
  const seconds = after.time - before.time
  const rate = (now: readonly number[], then: readonly number[], i: number) => (now[i]! - then[i]!) / seconds
  return {
    watts: Object.fromEntries(
      energyComponents.map((name, c) => [name, rate(after.used, before.used, c)]),
    ) as Truth['watts'],
    usage: Object.fromEntries(usageFeatures.map((name, f) => [name, rate(after.usage, before.usage, f)])),
  }
}
