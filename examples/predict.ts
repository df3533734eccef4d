/**
 * Watts from a published model, without a server:
 *
 *     npx tsx examples/predict.ts GradientBoostingRegressorTrainer_1.zip
 */
import { readFileSync } from 'node:fs'
import { readModelArchive } from 'kepler-model-server'
import { whenRun } from './run.js'

/** Watts of each component for an idle and a busy second of a node. */
export function exampleWatts(zip: Uint8Array): Record<string, number[]> {
  const archive = readModelArchive(zip)
  const { features } = archive.metadata
  const idle = features.map(() => 0)
  // Raw usage per second, as Kepler measures it: the archive does its own scaling.
  const busy = features.map((feature) => (feature === 'bpf_cpu_time_ms' ? 4000 : 100))
  return archive.predict(features, [idle, busy])
}

await whenRun(import.meta.url, ([path]) => {
  if (path === undefined) process.stdout.write('say which model: predict.ts GradientBoostingRegressorTrainer_1.zip\n')
  else process.stdout.write(`${JSON.stringify(exampleWatts(readFileSync(path)), null, 2)}\n`)
})
