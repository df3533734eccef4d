import type { ModelMetadata } from '../archive/metadata.js'
import type { ReadArchive } from './archive-reader.js'
import type { EnergySource } from '../core/energy-source.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { parseModelName } from '../core/model-name.js'
import type { OutputType } from '../core/output-type.js'
import type { ModelMatch } from '../selection/model-match.js'
import { parseMachineSpec } from '../machine/spec.js'

/** Everything that decides which model answers a request. */
export interface ModelQuery {
  readonly source: EnergySource
  readonly outputType: OutputType
  /** What the client measures, system features that are numbers included; sorted, each once. */
  readonly metrics: readonly string[]
  readonly trainerName: string
  readonly filter: string
}

/** A model that is ready to predict, and where it came from. */
export interface LoadedModel {
  readonly archive: ReadArchive['archive']
  readonly provenance: Provenance
  /** Logical cores of the machine that it was trained on, where that is known. */
  readonly modelCores: number | undefined
  /** Memory that the archive takes, roughly. */
  readonly bytes: number
}

/** Which model made a number. Sent to clients as it is. */
export interface Provenance {
  /** `null` where whoever gave the model did not say. */
  readonly pipeline: string | null
  readonly feature_group: string | null
  readonly model_name: string
  readonly trainer: string
  readonly node_type: number
  readonly features: readonly string[]
  /** Watts. */
  readonly mae: number | null
  /** Percent; -1 where there was nothing to measure. */
  readonly mape: number | null
  /** The machine that it was trained on. */
  readonly machine_spec: MachineSpec | null
  /** How this machine was matched to the node type; `null` for a model that was not chosen for it. */
  readonly match: ProvenanceMatch | null
  /** Of a model that was made for the machine by the model of all machines: what it rests on. */
  readonly universal?: Readonly<Record<string, unknown>>
  /** URL, or `this process`. */
  readonly loaded_from: string
  /** ISO 8601, UTC. */
  readonly loaded_at: string
}

/** A machine's node type, the one that it should have had and that no model is of, or a model made for the machine. */
export type ProvenanceMatch =
  | { readonly how: string; readonly uncertainty: number; readonly looseness: number }
  | { readonly how: 'fallback'; readonly wanted_node_type: number }
  | { readonly how: 'universal'; readonly known: string; readonly machine: string }

/** Somewhere a model can come from. */
export interface ModelSource {
  /** For messages and `/info`. */
  readonly name: string
  /**
   * @throws ModelError `NO_MODEL` when it has none that fits, `UNAVAILABLE` when it cannot be reached
   */
  load(query: ModelQuery, signal: AbortSignal): Promise<LoadedModel>
}

/** What a source knows beyond the archive itself. */
export interface Origin {
  readonly pipeline?: string | undefined
  readonly featureGroup?: string | undefined
  readonly match?: ModelMatch | undefined
  /** The spec of the node type, where the archive does not carry it. */
  readonly machineSpec?: MachineSpec | undefined
  readonly loadedFrom: string
  readonly loadedAt: number
}

/** Puts together what the archive and its source say. */
export function loadedModel({ archive, bytes }: ReadArchive, origin: Origin): LoadedModel {
  const { metadata } = archive
  const { trainer, nodeType } = parseModelName(metadata.model_name)
  const spec = machineSpecOf(metadata) ?? origin.machineSpec
  return {
    archive,
    bytes,
    modelCores: spec?.cores,
    provenance: {
      pipeline: origin.pipeline ?? null,
      feature_group: origin.featureGroup ?? null,
      model_name: metadata.model_name,
      trainer: metadata.trainer ?? trainer,
      node_type: metadata.node_type ?? nodeType,
      features: archive.model.features,
      mae: metadata.mae ?? null,
      mape: metadata.mape ?? null,
      machine_spec: spec ?? null,
      match: origin.match ? provenanceMatch(origin.match) : null,
      ...(isRecord(metadata.universal) ? { universal: metadata.universal } : {}),
      loaded_from: origin.loadedFrom,
      loaded_at: new Date(origin.loadedAt).toISOString(),
    },
  }
}

function provenanceMatch(match: ModelMatch): ProvenanceMatch {
  if (match.how === 'fallback') return { how: match.how, wanted_node_type: match.wanted }
  if (match.how === 'universal') return { how: match.how, known: match.known, machine: match.machine }
  const { how, uncertainty, looseness } = match
  return { how, uncertainty, looseness }
}

function machineSpecOf({ machine_spec }: ModelMetadata): MachineSpec | undefined {
  if (!machine_spec) return undefined
  const spec = parseMachineSpec(machine_spec)
  return Object.keys(spec).length > 0 ? spec : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
