import { lstat } from 'node:fs/promises'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import { messageOf } from '../../core/errors.js'
import { findRealMeter } from '../../meter/powercap/real-meter.js'
import { isProgramMetric } from '../../metrics/program-prefixes.js'
import { prometheusClient } from '../../prometheus/client.js'
import { isAnswered } from '../../socket/is-answered.js'
import { prometheusServer } from '../prometheus-server.js'
import { type Check, ok, problem, warning } from './check.js'

/** The sockets of the estimator: whether one answers, or could be made. */
export function checkSockets({ ESTIMATOR_SOCKETS }: Pick<Config, 'ESTIMATOR_SOCKETS'>): Promise<readonly Check[]> {
  return Promise.all(ESTIMATOR_SOCKETS.map(checkSocket))
}

async function checkSocket(path: string): Promise<Check> {
  const name = `socket ${path}`
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return ok(name, 'nobody listens; `kepler-model estimator` or `serve` makes it')
  if (!found.isSocket())
    return problem(name, 'a file that is no socket is in the way', 'remove it, or choose another path')
  if (await isAnswered(path)) return ok(name, 'an estimator answers')
  return ok(name, 'a process that ended left it; the next estimator replaces it')
}

/** Whether the Prometheus answers and has measurements of a Kepler in the last query interval. */
export async function checkPrometheus(config: Config, now: number, signal: AbortSignal): Promise<Check> {
  const name = 'Prometheus'
  try {
    const client = prometheusClient(await prometheusServer(config), { attempts: 1, signal })
    try {
      const end = Math.floor(now / 1000)
      const range = { start: end - config.PROM_QUERY_INTERVAL, end, step: config.PROM_QUERY_STEP }
      const metrics = await client.metricNames(range)
      const kepler = metrics.filter((metric) => metric.startsWith('kepler_') && !isProgramMetric(metric))
      if (kepler.length > 0)
        return ok(name, `${counted(kepler.length, 'metric')} of Kepler in the last ${config.PROM_QUERY_INTERVAL} s`)
      const found = `no metric of Kepler among ${metrics.length} in the last ${config.PROM_QUERY_INTERVAL} s`
      return warning(name, found, 'let it scrape Kepler; without it nothing can be trained online')
    } finally {
      await client.close()
    }
  } catch (error) {
    return warning(name, messageOf(error), 'set PROM_SERVER; only query and the online trainer need it')
  }
}

/** Whether this machine measures its power, which training needs and estimating does without. */
export function checkMeter(sys: string): Check {
  const meter = findRealMeter(sys)
  if (meter === undefined) {
    return warning(
      'power meter',
      'this machine has none',
      '`power-meter` estimates its power, for Kepler and others too; train on a machine that has one',
    )
  }
  if (meter.zones.length === 0) {
    return warning(
      'power meter',
      'it has one that this user may not read',
      'run Kepler as root, or allow reading energy_uj',
    )
  }
  return ok('power meter', `${counted(meter.zones.length, 'zone')}: ${meter.zones.map(({ zone }) => zone).join(', ')}`)
}
