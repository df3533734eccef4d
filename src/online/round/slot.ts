import type { EnergySource } from '../../core/energy-source.js'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { OutputType } from '../../core/output-type.js'

/** The models of one slot are interchangeable: same energy source, output type, feature group and node type. */
export interface Slot {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly group: FeatureGroup
  readonly nodeType: number
}

/** `rapl-sysfs/AbsPower/BPFOnly/1` */
export function slotKey({ source, outputType, group, nodeType }: Slot): string {
  return `${source}/${outputType}/${group}/${nodeType}`
}

/** The folder of its models in a pipeline. */
export function slotFolder({ source, outputType, group }: Slot): string {
  return `${source}/${outputType}/${group}`
}
