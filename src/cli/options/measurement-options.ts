import type { SettingFlags } from './setting-options.js'

/** Options of everything that reads measurements: whose they are. */
export const measurementFlags = {
  PROM_SELECTOR: '--select <matchers>',
  MACHINE_LABELS: '--machine-label <name>',
} as const satisfies SettingFlags

/** Options of everything that makes datasets, which may join what several exporters measured. */
export const meterFlags = {
  ...measurementFlags,
  MACHINE_IDENTITY: '--identity <mapping>',
  POWER_METRIC: '--power-metric <selector>',
  POWER_UNIT: '--power-unit <unit>',
  POWER_COMPONENT: '--component <name>',
  POWER_SOURCE: '--power-source <name>',
  POWER_METERS: '--power-meters <file>',
} as const satisfies SettingFlags
