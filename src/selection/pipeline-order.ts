import type { EnergySource } from '../core/energy-source.js'
import type { Pipeline } from '../registry/pipeline.js'

/** Which pipeline answers first when a request names none. */
export interface PipelinePreference {
  /** The default pipeline of a source, e.g. `ec2-0.7.11` for rapl-sysfs. */
  readonly defaults: Readonly<Partial<Record<EnergySource, string>>>
  /** The pipeline that is trained here, e.g. `std_v0.7.11`. */
  readonly local: string
  /** The local pipeline before the default one. @default false */
  readonly preferLocal?: boolean
  /** Pipelines that the operator named: they come before a default one that is merely on the disk. */
  readonly initial?: ReadonlySet<string>
  /** Pipelines that answer only where no other has the source: the demonstration. */
  readonly lastResort?: ReadonlySet<string>
}

/**
 * The pipelines that have models for a source, in the order in which they are asked: the default one, the local one,
 * then the newest. One that the operator named takes the place of the default one. The demonstration (`lastResort`) is
 * left out where another pipeline has the source: a model of a simulated machine must not answer because a filter
 * rejected the real ones.
 */
export function orderPipelines(
  pipelines: readonly Pipeline[],
  source: EnergySource,
  preference: PipelinePreference,
): readonly Pipeline[] {
  const { defaults, local, preferLocal = false, initial = new Set(), lastResort = new Set() } = preference
  const having = pipelines.filter(({ sources }) => sources.includes(source))
  const real = having.filter(({ name }) => !lastResort.has(name))
  const place = ({ name }: Pipeline) => {
    if (name === local && preferLocal) return 0
    const byDefault = name === defaults[source]
    if (initial.has(name)) return byDefault ? 1 : 2
    if (byDefault) return 3
    return name === local ? 4 : 5
  }
  return (real.length > 0 ? real : having).sort(
    (a, b) => place(a) - place(b) || b.store.modifiedAt - a.store.modifiedAt || (a.name < b.name ? -1 : 1),
  )
}
