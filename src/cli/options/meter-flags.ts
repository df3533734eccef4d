import type { SettingFlags } from './setting-options.js'

/** Options of everything that estimates this machine's power. */
export const meterFlags: SettingFlags = {
  METER_INTERVAL: '--interval <seconds>',
  METER_PROCFS: '--procfs <folder>',
  METER_SYSFS: '--sysfs <folder>',
  METER_SPLIT: '--split <rule>',
  METER_SHARE: '--share <fraction>',
  METER_HOST_THREADS: '--host-threads <number>',
  METER_INSTANCE: '--instance <type>',
  METER_CLOUD_METADATA: '--cloud-metadata',
  METER_MODEL_SERVER: '--model-server <url>',
  METER_PIPELINE: '--pipeline <path>',
  MACHINE_SPEC_PATH: '--machine-spec <file>',
}
