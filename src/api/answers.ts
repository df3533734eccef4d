/**
 * The JSON that the routes below `/api/v1/` answer, as types alone; those of the online trainer, of live watts and of
 * curves stand beside this file. The page imports this folder and nothing else of the server, so what the page may rely on
 * can be read here.
 */

/** A part of a list that is sorted and filtered by the server. */
export interface Listed<T> {
  /** Rows that pass the filter. */
  readonly total: number
  readonly offset: number
  readonly rows: readonly T[]
}

/** What a machine is; absent attributes are not known. */
export interface MachineJson {
  readonly processor?: string
  /** Logical processors. */
  readonly cores?: number
  readonly chips?: number
  /** GB */
  readonly memory?: number
  /** MHz */
  readonly frequency?: number
}

export interface PipelineJson {
  readonly name: string
  /** It makes its models for each machine: they stand in no list. */
  readonly is_made: boolean
  /** Path or URL that it was read from. */
  readonly origin: string
  readonly sources: readonly string[]
  readonly models: number
  /** Models that cannot be read. */
  readonly damaged: number
  readonly node_types: number
  /** ISO 8601, UTC. */
  readonly loaded_at: string
}

/** What the server is, has and can do: the first thing that the page asks. */
export interface OverviewJson {
  readonly version: string
  readonly pipelines: readonly PipelineJson[]
  /** What could not be read or downloaded, the latest last. */
  readonly errors: readonly { readonly origin: string; readonly message: string }[]
  readonly downloads: readonly DownloadJson[]
  /** The machine that the server runs on; `null` where it is not known. */
  readonly machine: MachineJson | null
  /** Feature groups and the metrics that they need. */
  readonly feature_groups: Readonly<Record<string, readonly string[]>>
  /** The metadata attribute that ranks models. */
  readonly error_key: string
  /** Whether `GET /curve` is answered. */
  readonly has_curve: boolean
  /** Whether an online trainer runs in this process. */
  readonly has_online: boolean
  /** Whether the server was told where a power meter is. */
  readonly has_live: boolean
}

export interface DownloadJson {
  readonly url: string
  readonly bytes: number
  /** `null` where the server did not say. */
  readonly total: number | null
}

export interface NodeTypeRow {
  readonly pipeline: string
  readonly node_type: number
  readonly machine: MachineJson
  /** Machines that were measured. */
  readonly members: number
  readonly models: number
}

export interface ModelRow {
  readonly pipeline: string
  /** `<source>/<output type>/<feature group>/<model name>`: with the pipeline, the name of the model. */
  readonly path: string
  readonly model_name: string
  readonly trainer: string
  readonly node_type: number
  readonly source: string
  readonly output_type: string
  readonly feature_group: string
  readonly processor: string | null
  readonly cores: number | null
  /** Watts. */
  readonly mae: number | null
  /** Percent. */
  readonly mape: number | null
  /** Watts, on rows that were not trained on; `null` for published models. */
  readonly held_out_mae: number | null
  /** Whether Kepler can evaluate it by itself. */
  readonly has_weights: boolean
}

/** A list of models, with the values that its columns have. */
export interface ModelList extends Listed<ModelRow> {
  readonly values: {
    readonly source: readonly string[]
    readonly output_type: readonly string[]
    readonly feature_group: readonly string[]
    readonly trainer: readonly string[]
  }
}

/** A model among those of its source, output type, feature group and node type. */
export interface RankedModel {
  readonly path: string
  readonly model_name: string
  /** 1 for the one that is chosen. */
  readonly rank: number
  readonly why: string
}

/** Which values of an input a model has seen. */
export interface InputJson {
  readonly lower: number
  readonly upper: number
  /** More than this cannot be. */
  readonly limit: number
}

export interface ModelDetails extends ModelRow {
  /** It was made for the machine, and is in no pipeline: its path names no file. */
  readonly is_made: boolean
  readonly features: readonly string[]
  readonly components: readonly string[]
  /** That it was trained on, or made for; `null` where it is not known. */
  readonly machine: MachineJson | null
  /** The numbers of its metadata, by their names. */
  readonly numbers: Readonly<Record<string, number>>
  /** The metadata of the archive; `null` where it cannot be read or is too large to show. */
  readonly metadata: Readonly<Record<string, unknown>> | null
  /** By component, as Kepler reads them; `null` where there are none. */
  readonly weights: Readonly<Record<string, WeightsJson>> | null
  /** Why Kepler could not use the weights as they are; `null` where it could. */
  readonly weights_fault: string | null
  /** Why the archive cannot be read; `null` where it can. */
  readonly fault: string | null
  readonly uncertainty: {
    /** Part of measurements that lie in the interval. */
    readonly coverage: number
    readonly method: string
    /** By feature. */
    readonly inputs: Readonly<Record<string, InputJson>>
  } | null
  readonly competitors: readonly RankedModel[]
}

export interface WeightsJson {
  readonly All_Weights: {
    readonly Bias_Weight?: number | undefined
    readonly Numerical_Variables: Readonly<
      Record<string, { readonly scale: number; readonly weight?: number | undefined }>
    >
    readonly CurveFit_Weights?: readonly number[] | undefined
  }
}

/** How a machine was matched to the node type of a model. */
export type MatchJson =
  | {
      readonly how: 'explicit' | 'exact' | 'partial' | 'similar'
      readonly node_type: number
      /** Share of the machines that it could also be. */
      readonly uncertainty: number
      /** 1 - similarity. */
      readonly looseness: number
    }
  | { readonly how: 'fallback'; readonly node_type: number; readonly wanted: number }
  | {
      /** The model was made for the machine. */
      readonly how: 'universal'
      readonly node_type: number
      /** What was measured of such machines. */
      readonly known: 'processor' | 'family' | 'new'
      readonly machine: 'this machine' | 'the spec'
    }

export interface NearestMachine extends NodeTypeRow {
  /** 0, nothing in common, to 1, equal. */
  readonly similarity: number
}

/** Which model a machine gets, and why. */
export interface ChoiceJson {
  readonly model: ModelDetails
  /** `null` where nothing was said of the machine. */
  readonly match: MatchJson | null
  /** What was corrected in its weights; `null` for weights as they are. */
  readonly corrected: string | null
  readonly passed_over: readonly string[]
  /** Node types that the machine could have been matched to, the most similar first. */
  readonly nearest: readonly NearestMachine[]
}

/** Watts of rows of inputs, and which model gave them. */
export interface EstimateJson {
  readonly model: { readonly pipeline: string; readonly path: string }
  /** By component, one value a row. */
  readonly powers: Readonly<Record<string, readonly number[]>>
  readonly interval: {
    readonly coverage: number
    readonly method: string
    readonly powers: Readonly<Record<string, { readonly lower: readonly number[]; readonly upper: readonly number[] }>>
  }
  /** Inputs that the model has not seen in training. */
  readonly outside: readonly {
    readonly row: number
    readonly feature: string
    readonly value: number
    readonly lower: number
    readonly upper: number
    readonly clamped_to?: number
  }[]
}

/** What every route answers when it refuses or fails. */
export interface ErrorJson {
  readonly error: { readonly code: string; readonly field?: string; readonly message: string }
}
