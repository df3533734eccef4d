import type { EnergySource } from '../core/energy-source.js'

/** The published pipeline of each source that answers unless another one is asked for. */
export const defaultPipelines: Readonly<Partial<Record<EnergySource, string>>> = {
  'rapl-sysfs': 'ec2-0.7.11',
  acpi: 'specpower-0.7.11',
}
