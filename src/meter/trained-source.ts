import { ModelError } from '../core/errors.js'
import { isNodeOsFeature, type NodeOsFeature } from '../core/feature-group.js'
import type { NodeUsage, PowerProvenance, PowerSource, ZonePower } from './power-source.js'
import type { Zone } from './zone.js'

/** Watts of a zone for some rows, with the ends of the 90 % interval. */
export interface ZoneEstimate {
  readonly zone: Zone
  readonly watts: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** A model of some zones of this machine, of what its operating system counts. */
export interface TrainedZones {
  readonly zones: readonly Zone[]
  /** The features that it takes, in this order. */
  readonly features: readonly string[]
  estimate(rows: readonly (readonly number[])[]): {
    readonly zones: readonly ZoneEstimate[]
    /** Rows with inputs that training had none of. */
    readonly outside: ReadonlySet<number>
  }
}

/** What stays as it is when a machine does nothing. */
const standing: ReadonlySet<NodeOsFeature> = new Set(['node_memory_used_ratio', 'node_cpu_frequency_hertz'])

/**
 * Watts from models that were trained for this machine. Idle is what they say of a machine that does nothing, with its
 * memory and frequency as they are.
 *
 * @throws ModelError `INVALID_DATA` for a model with features that no meter has
 */
export function trainedPowerSource(models: readonly TrainedZones[], provenance: PowerProvenance): PowerSource {
  const taken = models.map((model) => ({ model, features: model.features.map(knownFeature) }))
  return {
    provenance,
    zones: models.flatMap(({ zones }) => zones),
    power: (usage) =>
      taken.flatMap(({ model, features }) => {
        const now = features.map((feature) => toldValue(feature, usage))
        const idle = now.map((value, column) => (standing.has(features[column]!) ? value : 0))
        const { zones, outside } = model.estimate([now, idle])
        return zones.map(
          ({ zone, watts: [watts = 0, idleWatts = 0], low, high }): ZonePower => ({
            zone,
            watts,
            low: Math.min(low[0] ?? watts, watts),
            high: Math.max(high[0] ?? watts, watts),
            idleWatts: Math.min(idleWatts, watts),
            outOfRange: outside.has(0),
          }),
        )
      }),
  }
}

function knownFeature(name: string): NodeOsFeature {
  if (isNodeOsFeature(name)) return name
  throw new ModelError('INVALID_DATA', `the model needs ${name}, which is none of NodeOS`, { field: name })
}

function toldValue(feature: NodeOsFeature, { system = {} }: NodeUsage): number {
  const value = system[feature]
  if (value !== undefined) return value
  throw new ModelError('INVALID_DATA', `this kernel does not tell ${feature}, which the model needs`, {
    field: feature,
  })
}
