/** Where measured joules come from. A model is trained for one source and predicts that source's components. */
export const energySources = [
  'rapl-sysfs',
  'rapl-msr',
  'acpi',
  'hmc',
  'redfish',
  'ampere-xgene-hwmon',
  'trained_power_model',
] as const
export type EnergySource = (typeof energySources)[number]

export const components = ['package', 'core', 'uncore', 'dram', 'platform'] as const
export type Component = (typeof components)[number]

const raplComponents: readonly Component[] = ['package', 'core', 'uncore', 'dram']
const platformComponents: readonly Component[] = ['platform']

/** The components that a source measures, in the order in which answers list them. */
export function componentsOf(source: EnergySource): readonly Component[] {
  return source === 'acpi' || source === 'hmc' || source === 'redfish' ? platformComponents : raplComponents
}

/** Components that are not part of another one, whose watts may be added up: core and uncore are parts of the package. */
export const countedComponents = ['package', 'dram', 'platform'] as const satisfies readonly Component[]

export function isCounted(component: Component): boolean {
  return countedComponents.some((counted) => counted === component)
}

export function isEnergySource(value: string): value is EnergySource {
  return (energySources as readonly string[]).includes(value)
}

export function isComponent(value: string): value is Component {
  return (components as readonly string[]).includes(value)
}

/**
 * The source that a request means: Kepler says `intel_rapl`, older clients `rapl`, and nothing at all means RAPL too.
 * `undefined` when the name is unknown; the caller decides which error that is.
 */
export function requestedSource(value: string | undefined): EnergySource | undefined {
  if (value === undefined || value === '') return 'rapl-sysfs'
  if (isEnergySource(value) && value !== 'rapl-msr') return value
  return value.includes('rapl') ? 'rapl-sysfs' : undefined
}
