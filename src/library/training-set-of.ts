import { ModelError } from '../core/errors.js'
import { type FeatureGroup, groupFeatures, isFeatureGroup } from '../core/feature-group.js'
import type { Dataset } from '../extract/dataset.js'
import { type TrainingSet, trainingSets, type WorkloadAt } from '../train/training-set.js'

/**
 * The rows of one node type as regressors take them.
 *
 * @param nodeType only needed where the dataset has several
 * @throws ModelError `INVALID_DATA` for a dataset without rows, `INVALID_REQUEST` when it is not clear which node type
 */
export function trainingSetOf(dataset: Dataset, nodeType?: number, workloadAt?: WorkloadAt): TrainingSet {
  if (dataset.rows === 0) throw new ModelError('INVALID_DATA', 'the dataset has no rows', { field: 'dataset' })
  const sets = trainingSets(dataset, groupOf(dataset), workloadAt)
  const [only] = sets
  if (nodeType === undefined && sets.length === 1 && only !== undefined) return only
  const wanted = sets.find((set) => set.nodeType === nodeType)
  if (wanted !== undefined) return wanted
  const there = sets.map((set) => set.nodeType).join(', ')
  const why = nodeType === undefined ? 'choose one with nodeType' : `there is no ${nodeType}`
  throw new ModelError('INVALID_REQUEST', `the dataset has rows of node types ${there}: ${why}`, { field: 'nodeType' })
}

/** The group whose features a dataset has; `ThirdParty` when they are no group's. */
function groupOf({ features }: Dataset): FeatureGroup {
  const own = features
    .map(({ name }) => name)
    .sort()
    .join(' ')
  const name = Object.entries(groupFeatures).find(([, group]) => group.join(' ') === own)?.[0]
  return name !== undefined && isFeatureGroup(name) ? name : 'ThirdParty'
}
