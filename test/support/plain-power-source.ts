import type { NodeUsage, PowerProvenance, PowerSource, ZonePower } from '../../src/meter/power-source.js'
import type { Zone } from '../../src/meter/zone.js'

export const plainProvenance: PowerProvenance = {
  kind: 'universal',
  model: 'straight line',
  error: { metric: 'mape', value: 10 },
  calibrationPoints: 0,
  share: { fraction: 1, origin: 'a machine of its own' },
  assumptions: ['memory is of the usual size'],
}

/** A power source whose truth a test knows: watts are `idle + dynamic * utilisation`, the interval is 10 % around. */
export function plainPowerSource(
  zones: Partial<Record<Zone, { readonly idle: number; readonly dynamic: number }>> = {
    psys: { idle: 100, dynamic: 100 },
    package: { idle: 40, dynamic: 60 },
    dram: { idle: 5, dynamic: 5 },
  },
): PowerSource & { readonly asked: NodeUsage[] } {
  const asked: NodeUsage[] = []
  const entries = Object.entries(zones) as [Zone, { idle: number; dynamic: number }][]
  return {
    asked,
    provenance: plainProvenance,
    zones: entries.map(([zone]) => zone),
    power(usage): readonly ZonePower[] {
      asked.push(usage)
      return entries.map(([zone, { idle, dynamic }]) => {
        const watts = idle + dynamic * usage.utilisation
        return { zone, watts, low: watts * 0.9, high: watts * 1.1, idleWatts: idle, outOfRange: false }
      })
    },
  }
}
