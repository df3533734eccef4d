import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keplerModelProgram } from '../../src/cli/program.js'
import { meanAbsolutePercentageError } from '../../src/numeric/metrics.js'
import { energyComponents } from '../../src/simulate/container.js'
import { runCli } from './cli.js'

type Component = (typeof energyComponents)[number]

/** A simulated node, and the Prometheus that scrapes it. */
export interface WatchedNode {
  readonly exporterPort: number
  readonly prometheusUrl: string
}

export interface JudgedSource {
  readonly times: readonly number[]
  readonly metrics: readonly string[]
  readonly values: readonly (readonly number[])[]
  /** True watts of the node at each time. */
  readonly truth: Readonly<Partial<Record<Component, readonly number[]>>>
}

export const sources = ['acpi', 'rapl-sysfs'] as const
export type JudgedSources = Readonly<Record<(typeof sources)[number], JudgedSource>>

/** Of a window of time: the usage that Kepler reported, as a client of the estimator has it, and what is true. */
export async function judgedStretch(
  folder: string,
  { prometheusUrl, exporterPort }: WatchedNode,
  from: number,
  seconds: number,
): Promise<JudgedSources> {
  const run = async (...args: string[]) => {
    const { code, stderr } = await runCli(keplerModelProgram, [...args, '--data-path', folder])
    assert.equal(code, 0, stderr)
  }
  const times = ['--start-time', String(from), '--end-time', String(from + seconds), '--step', '2']
  await run('query', '-s', prometheusUrl, '-o', 'judged', ...times)
  const truth = await trueWatts(exporterPort, prometheusUrl, from, seconds)
  const judged: Partial<Record<(typeof sources)[number], JudgedSource>> = {}
  for (const source of sources) {
    await run('extract', '-i', 'judged', '-o', source, '-e', source, '-fg', 'Basic')
    const rows = readRows(join(folder, `extracted_${source}.csv`))
    const components: readonly Component[] = source === 'acpi' ? ['platform'] : ['package', 'dram']
    const watts = components.map((component) => [component, rows.times.map((time) => truth(time, component))])
    judged[source] = { ...rows, truth: Object.fromEntries(watts) }
  }
  return judged as JudgedSources
}

/** Percent by which an answer is off, of the component where it is off most. */
export function errorOf({ truth }: JudgedSource, powers: Readonly<Record<string, readonly number[]>>): number {
  const errors = Object.entries(truth).map(([component, actual]) => {
    const estimated = powers[component]
    assert.ok(estimated, `no ${component} in ${JSON.stringify(Object.keys(powers))}`)
    return meanAbsolutePercentageError(actual, estimated)
  })
  return Math.max(...errors)
}

/**
 * True watts between the scrapes that a query sees at a time and at the step before. A query takes the last scrape, which
 * may be a second old.
 */
async function trueWatts(exporterPort: number, prometheusUrl: string, from: number, seconds: number) {
  const query = new URLSearchParams({
    query: 'timestamp(kepler_node_node_info)',
    start: String(from),
    end: String(from + seconds),
    step: '2',
  })
  const scraped = await (await fetch(`${prometheusUrl}/api/v1/query_range?${query}`)).text()
  const scrapes = new Map<number, number>(
    JSON.parse(scraped).data.result[0].values.map(([time, at]: [number, string]) => [time, Number(at)]),
  )
  const answer = await fetch(`http://127.0.0.1:${exporterPort}/truth`)
  const { samples }: { samples: { time: number; total: number[] }[] } = JSON.parse(await answer.text())
  return (time: number, component: Component) => {
    const c = energyComponents.indexOf(component)
    const [begin, end] = [scrapes.get(time - 2)!, scrapes.get(time)!]
    let joules = 0
    for (const sample of samples) {
      // A sample is the mean of the second that ends at its time.
      const within = Math.min(end, sample.time) - Math.max(begin, sample.time - 1)
      if (within > 0) joules += within * sample.total[c]!
    }
    return joules / (end - begin)
  }
}

/** The usage in a dataset file. */
function readRows(path: string): Omit<JudgedSource, 'truth'> {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = header.split(',')
  const metrics = names.filter((name) => /^(bpf_|cpu_|cache_)/.test(name))
  const rows = lines.map((line) => line.split(',').map(Number))
  return {
    times: rows.map((row) => row[0]!),
    metrics,
    values: rows.map((row) => metrics.map((name) => row[names.indexOf(name)]!)),
  }
}
