/**
 * From a saved response to datasets: usage beside the watts of a node, and beside the watts that its workload caused. A
 * second response, recorded while the node was idle, says what idle and background take.
 *
 *     npx tsx examples/datasets.ts prom_response.json idle_response.json
 */
import { type Dataset, extract, isolate, profileIdle, readResponse } from 'kepler-model-server'
import { whenRun } from './run.js'

export interface Datasets {
  /** Of the node, idle included. */
  readonly absolute: Dataset
  /** Of the workload alone. */
  readonly dynamic: Dataset
  /** What was wrong with the measurements, and what isolation did. */
  readonly notes: readonly string[]
}

export async function datasetsOf(path: string, idlePath: string): Promise<Datasets> {
  const response = await readResponse(path)
  const { profile } = profileIdle(await readResponse(idlePath))
  const { dataset: absolute, findings } = extract(response, { featureGroup: 'BPFOnly' })
  const perContainer = extract(response, { featureGroup: 'BPFOnly', outputType: 'DynPower' })
  const { dataset: dynamic, notes } = await isolate(perContainer.dataset, { isolator: 'profile', profile })
  return {
    absolute,
    dynamic,
    notes: [...findings.map(({ metric, kind, effect }) => `${metric}: ${kind}: ${effect}`), ...notes],
  }
}

/** The mean watts of a component. */
export function meanWatts({ powers, rows }: Dataset, component: string): number {
  const columns = powers.filter((column) => column.component === component)
  return columns.reduce((sum, { values }) => sum + values.reduce((a, b) => a + b, 0), 0) / rows
}

await whenRun(import.meta.url, async ([path, idlePath]) => {
  if (path === undefined || idlePath === undefined) {
    process.stdout.write('say which responses: datasets.ts prom_response.json idle_response.json\n')
    return
  }
  const { absolute, dynamic, notes } = await datasetsOf(path, idlePath)
  process.stdout.write(`${absolute.rows} rows, package ${meanWatts(absolute, 'package').toFixed(1)} W\n`)
  process.stdout.write(`of which the workload caused ${meanWatts(dynamic, 'package').toFixed(1)} W\n`)
  for (const note of notes) process.stdout.write(`- ${note}\n`)
})
