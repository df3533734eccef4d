export const components = ['package', 'core', 'uncore', 'dram', 'platform', 'gpu'] as const
export type Component = (typeof components)[number]

const rapl = ['package', 'core', 'uncore', 'dram'] as const
const platform = ['platform'] as const

/** The sources that are known, and what each measures, in the order in which answers list it. */
const known = {
  'rapl-sysfs': rapl,
  'rapl-msr': rapl,
  acpi: platform,
  hmc: platform,
  redfish: platform,
  gpu: ['gpu'],
  trained_power_model: rapl,
} as const satisfies Readonly<Record<string, readonly Component[]>>

/** Where measured joules come from. A model is trained for one source and predicts that source's components. */
export type EnergySource = string

/** The sources that everybody knows; exporters and users may name others. */
export const energySources: readonly EnergySource[] = Object.keys(known)

/** The source that stands for watts of a model such as ours: estimated, not measured. Learning from them would be an echo. */
export const estimatedSource: EnergySource = 'trained_power_model'

/** The components that a source measures; of one that nobody knows, whatever it has. */
export function componentsOf(source: EnergySource): readonly Component[] {
  return isKnownSource(source) ? known[source] : components
}

/** Components that are not part of another one, whose watts may be added up: core and uncore are parts of the package. */
export const countedComponents = ['package', 'dram', 'platform', 'gpu'] as const satisfies readonly Component[]

export function isCounted(component: Component): boolean {
  return countedComponents.some((counted) => counted === component)
}

/** Whether it is known what the source measures. */
export function isKnownSource(source: string): source is keyof typeof known {
  return Object.hasOwn(known, source)
}

/** Whether a text can be the name of a source: it becomes the name of a folder. */
export function isEnergySource(value: string): value is EnergySource {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(value)
}

export function isComponent(value: string): value is Component {
  return (components as readonly string[]).includes(value)
}

/**
 * The source that a request means: Kepler says `intel_rapl`, older clients `rapl`, and nothing at all means RAPL too.
 * `undefined` for what can be no source; the caller decides which error that is.
 */
export function requestedSource(value: string | undefined): EnergySource | undefined {
  if (value === undefined || value === '') return 'rapl-sysfs'
  if (value.includes('rapl')) return 'rapl-sysfs'
  return isEnergySource(value) ? value : undefined
}

/** Known sources in their order, then others by name. */
export function bySource(a: EnergySource, b: EnergySource): number {
  const rank = (source: EnergySource) => (isKnownSource(source) ? energySources.indexOf(source) : energySources.length)
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}
