import type { Config } from '../config/config.js'
import { curvePowerSource } from '../meter/curve-source.js'
import type { PowerSource } from '../meter/power-source.js'

/** TEMPORARY until the universal model is here. */
export async function meterPowerSource(_config: Config): Promise<PowerSource> {
  const line = (a: number, b: number) => Array.from({ length: 11 }, (_, i) => a + ((b - a) * i) / 10)
  const curve = (zone: 'psys' | 'package' | 'dram', a: number, b: number) => ({
    zone,
    watts: line(a, b),
    low: line(a * 0.8, b * 0.8),
    high: line(a * 1.2, b * 1.2),
    outOfRange: false,
  })
  return curvePowerSource([curve('psys', 50, 200), curve('package', 20, 120), curve('dram', 3, 10)], {
    kind: 'universal',
    model: 'temporary',
    calibrationPoints: 0,
    share: { fraction: 1, origin: 'test' },
    assumptions: [],
  })
}
