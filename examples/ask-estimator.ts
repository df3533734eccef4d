/**
 * Watts of processes from an estimator that runs, over its unix socket or over HTTP:
 *
 *     npx tsx examples/ask-estimator.ts /tmp/estimator.sock
 *     npx tsx examples/ask-estimator.ts http://127.0.0.1:8101
 */
import { type EstimatorClient, estimatorClient } from 'kepler-model-server'
import { whenRun } from './run.js'

/** The client for an address: what begins with `http` is no socket. */
export function clientFor(address: string): EstimatorClient {
  return estimatorClient(/^https?:/.test(address) ? { url: address } : { socket: address })
}

/** Watts of the package for each process, from its milliseconds of CPU time and hits of the page cache per second. */
export async function wattsOf(
  client: EstimatorClient,
  processes: readonly (readonly [cpuTime: number, pageCacheHits: number])[],
): Promise<readonly number[]> {
  const { powers } = await client.estimate({
    metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
    values: processes,
    outputType: 'DynPower',
  })
  return powers.package ?? []
}

await whenRun(import.meta.url, async ([address = '/tmp/estimator.sock']) => {
  const processes = [
    [1500, 20],
    [30, 800],
  ] as const
  const watts = await wattsOf(clientFor(address), processes)
  for (const [i, value] of watts.entries()) process.stdout.write(`process ${i}: ${value.toFixed(2)} W\n`)
})
