import type { Listed, ModelList, ModelRow, NodeTypeRow } from '../api/answers.js'
import { type ModelsQuery, type NodeTypesQuery, partOf } from './list-query.js'
import { sortedPart } from './sorted-part.js'

const modelKeys = [
  'mae',
  'mape',
  'held_out_mae',
  'model_name',
  'node_type',
  'trainer',
  'source',
  'output_type',
  'feature_group',
  'processor',
  'cores',
  'has_weights',
  'pipeline',
] as const

const nodeTypeKeys = [
  'node_type',
  'processor',
  'cores',
  'chips',
  'memory',
  'frequency',
  'members',
  'models',
  'pipeline',
] as const

/** The models that pass the filter, sorted. @throws ModelError `INVALID_REQUEST` for an unknown sort key */
export function listModels(all: readonly ModelRow[], query: ModelsQuery): ModelList {
  const search = query.search?.trim().toLowerCase()
  const rows = all.filter(
    (row) =>
      (!query.source || row.source === query.source) &&
      (!query['output-type'] || row.output_type === query['output-type']) &&
      (!query['feature-group'] || row.feature_group === query['feature-group']) &&
      (!query.trainer || row.trainer === query.trainer) &&
      (query['node-type'] === undefined || row.node_type === query['node-type']) &&
      (!query.weights || row.has_weights) &&
      (!search || `${row.model_name} ${row.feature_group} ${row.processor ?? ''}`.toLowerCase().includes(search)),
  )
  const values = (key: 'source' | 'output_type' | 'feature_group' | 'trainer') =>
    [...new Set(all.map((row) => row[key]))].sort()
  return {
    ...sortedPart(rows, partOf(query, modelKeys)),
    values: {
      source: values('source'),
      output_type: values('output_type'),
      feature_group: values('feature_group'),
      trainer: values('trainer'),
    },
  }
}

/** The node types that pass the filter, sorted. @throws ModelError `INVALID_REQUEST` for an unknown sort key */
export function listNodeTypes(all: readonly NodeTypeRow[], query: NodeTypesQuery): Listed<NodeTypeRow> {
  const search = query.search?.trim().toLowerCase()
  const sortable = all
    .filter(
      ({ node_type, machine }) => !search || `${node_type} ${machine.processor ?? ''}`.toLowerCase().includes(search),
    )
    // Attributes of the machine are sorted by as if they were the row's own.
    .map((row) => ({ ...row.machine, ...row, row }))
  const { rows, ...listed } = sortedPart(sortable, partOf(query, nodeTypeKeys))
  return { ...listed, rows: rows.map(({ row }) => row) }
}
