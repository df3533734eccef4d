import type { Registry } from 'prom-client'

/** The samples of a registry as lines of Prometheus text, without comments, sorted; only those of `prefix`. */
export async function metricValues(registry: Pick<Registry, 'metrics'>, prefix: string): Promise<readonly string[]> {
  const text = await registry.metrics()
  return text
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .sort()
}
