import { choice, list, matchers, path, semicolonList, text } from './option.js'

/** The settings that say whose measurements count, part of `options`. */
export const measurementOptions = {
  PROM_SELECTOR: matchers({
    group: 'Measurements',
    default: undefined,
    description:
      'Only series with these labels, as Prometheus selects them: `cluster="a",node=~"w.*"`. Of a repeated option all must hold.',
  }),
  MACHINE_LABELS: list({
    group: 'Measurements',
    default: [],
    description:
      'Labels that tell machines apart, besides `instance`, `exported_instance`, `node`, `node_name`, `cluster`, `tenant` and their like.',
  }),
  MACHINE_IDENTITY: semicolonList({
    group: 'Measurements',
    default: [],
    description:
      'How other exporters name the machine, where neither node nor host is the same: `node_exporter: instance -> node`, or `pdu: outlet="3" -> node="w1"`.',
  }),
  POWER_METRIC: text<undefined>({
    group: 'Measurements',
    default: undefined,
    defaultText: 'what Kepler measures',
    description: 'A meter of its own to train against, e.g. `ipmi_dcmi_power_consumption_watts{job="ipmi"}`.',
  }),
  POWER_UNIT: choice<'watts' | 'joules' | 'milliwatts' | 'kilowatts' | 'watt-hours' | 'kilowatt-hours'>(
    { group: 'Measurements', default: 'watts', description: 'What `POWER_METRIC` counts, or shows.' },
    ['watts', 'joules', 'milliwatts', 'kilowatts', 'watt-hours', 'kilowatt-hours'],
  ),
  POWER_COMPONENT: choice<'package' | 'core' | 'uncore' | 'dram' | 'platform' | 'gpu'>(
    { group: 'Measurements', default: 'platform', description: 'What `POWER_METRIC` measures the power of.' },
    ['package', 'core', 'uncore', 'dram', 'platform', 'gpu'],
  ),
  POWER_SOURCE: text<undefined>({
    group: 'Measurements',
    default: undefined,
    defaultText: '`acpi` for a platform, `rapl-sysfs` for its parts',
    description: 'Energy source that models of `POWER_METRIC` are trained and asked for as.',
  }),
  POWER_METERS: path<undefined>({
    group: 'Measurements',
    default: undefined,
    description: 'JSON file with several meters: `[{"metric": ..., "unit": ..., "component": ..., "source": ...}]`.',
  }),
} as const
