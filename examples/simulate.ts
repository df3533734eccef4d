/**
 * An hour of a node whose true watts are known, as a saved response and as numbers:
 *
 *     npx tsx examples/simulate.ts prom_response.json
 */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type SimulateOptions, simulatedComponents, simulateResponseText, simulateTruth } from 'kepler-model-server'
import { whenRun } from './run.js'

/** Writes what a Kepler measured on the node, and gives the mean watts that it really drew, by component. */
export async function simulateTo(path: string, options: SimulateOptions): Promise<Record<string, number>> {
  await pipeline(Readable.from(simulateResponseText(options)), createWriteStream(path))
  const samples = [...simulateTruth(options)]
  const mean = (component: number) => samples.reduce((sum, { total }) => sum + total[component]!, 0) / samples.length
  return Object.fromEntries(simulatedComponents.map((name, i) => [name, mean(i)]))
}

await whenRun(import.meta.url, async ([path = 'prom_response.json']) => {
  const watts = await simulateTo(path, { scenario: 'mixed', duration: 3600 })
  process.stdout.write(`${path}: ${JSON.stringify(watts)}\n`)
})
