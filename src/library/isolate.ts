import type { ModelArchive } from '../archive/read-model-archive.js'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { Dataset } from '../extract/dataset.js'
import type { IdleProfile } from '../isolate/idle-profile.js'
import type { Isolation, Isolator } from '../isolate/isolator.js'
import { type IsolatorName, isolatorNamed } from '../isolate/isolators.js'
import { backgroundModel } from '../train/background-model.js'

/** Which isolator, and what it works with. */
export interface IsolatorOptions {
  /** @default 'auto' */
  readonly isolator?: IsolatorName
  /** For `profile`, and for `auto` where there is one: what the idle node drew, see {@link profileIdle}. */
  readonly profile?: IdleProfile
  /** For `trainer`: AbsPower models that say what background containers drew; the least `mae` is tried first. */
  readonly models?: readonly ModelArchive[]
  /** Only containers with one of these texts in their names are workload. */
  readonly targetHints?: readonly string[]
  /** Containers with one of these texts in their names are background. */
  readonly bgHints?: readonly string[]
}

export const isolatorOptionNames = ['isolator', 'profile', 'models', 'targetHints', 'bgHints'] as const

/**
 * Takes from a node's power what its workload did not cause: a `DynPower` dataset of one row a timestamp. The dataset that
 * is given stays as it is. `profile` and `trainer` need rows per container (`extract` with `outputType: 'DynPower'`).
 *
 * @throws ModelError `INVALID_REQUEST` when the isolator lacks something, `INVALID_DATA` when the dataset does not fit it
 */
export async function isolate(dataset: Dataset, options: IsolatorOptions = {}): Promise<Isolation> {
  expectKnownOptions('isolate', options, isolatorOptionNames)
  return (await isolatorOf(options, dataset.source)).isolate(dataset)
}

/** The isolator that options describe. @throws ModelError `INVALID_REQUEST` when it lacks something */
export async function isolatorOf(options: IsolatorOptions, source: EnergySource): Promise<Isolator> {
  const { isolator = 'auto', profile, models, targetHints = [], bgHints = [] } = options
  return isolatorNamed(isolator, {
    rule: { targetHints, bgHints },
    hasProfile: profile !== undefined,
    profile() {
      if (profile !== undefined) return profile
      throw new ModelError('INVALID_REQUEST', 'the profile isolator needs a profile: profileIdle makes one', {
        field: 'profile',
      })
    },
    async models() {
      if (models !== undefined) return models.map((archive) => modelOf(archive, source))
      throw new ModelError('INVALID_REQUEST', 'the trainer isolator needs models: AbsPower archives of the source', {
        field: 'models',
      })
    },
  })
}

function modelOf(archive: ModelArchive, source: EnergySource) {
  const { name, features } = archive.model
  const error = archive.metadata.mae ?? Number.POSITIVE_INFINITY
  return backgroundModel({ name, features, error }, source, () => archive)
}
