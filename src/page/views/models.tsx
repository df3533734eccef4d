import type { ModelList, ModelRow } from '../../api/answers.js'
import { EmptyServer } from '../parts/empty-server.js'
import { Choice, Field } from '../parts/field.js'
import { Name } from '../parts/name.js'
import { Answered } from '../parts/notice.js'
import { Pager } from '../parts/pager.js'
import { type Column, Table } from '../parts/table.js'
import { hashOf, queryOf } from '../state/routes.js'
import { useAnswer } from '../state/use-answer.js'
import { replaceParameters } from '../state/use-route.js'
import { percent, watts } from '../text/format.js'
import type { ViewProps } from './view.js'

const pageRows = 50
const filters = [
  'pipeline',
  'source',
  'output-type',
  'feature-group',
  'trainer',
  'node-type',
  'weights',
  'search',
] as const

/** All models that are served, to filter and to sort. */
export function ModelsView({ overview, parameters }: ViewProps) {
  const sort = parameters.sort ?? 'mae'
  const descending = parameters.order === 'descending'
  const offset = Number(parameters.offset ?? 0) || 0
  const wanted = Object.fromEntries(filters.map((name) => [name, parameters[name]]))
  const models = useAnswer<ModelList>(
    `api/v1/models${queryOf({ ...wanted, sort, order: descending ? 'descending' : undefined, offset, limit: pageRows })}`,
    { settle: 150 },
  )
  const listed = overview.pipelines.filter(({ is_made }) => !is_made)
  if (listed.length === 0) {
    return (
      <>
        <h1>Models</h1>
        <EmptyServer overview={overview} />
      </>
    )
  }
  const change = (changes: Readonly<Record<string, string | number | undefined>>) =>
    replaceParameters('models', { ...parameters, offset: undefined, ...changes })
  const values = models.answer?.values
  return (
    <>
      <h1>Models</h1>
      <search>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Field
            label="Search"
            type="search"
            value={parameters.search ?? ''}
            placeholder="model, group or processor"
            onValue={(search) => change({ search })}
          />
          <Choice
            label="Pipeline"
            none="all"
            value={parameters.pipeline ?? ''}
            values={listed.map(({ name }) => name)}
            onValue={(pipeline) => change({ pipeline })}
          />
          <Choice
            label="Source"
            none="all"
            value={parameters.source ?? ''}
            values={values?.source ?? []}
            onValue={(source) => change({ source })}
          />
          <Choice
            label="Power"
            none="all"
            value={parameters['output-type'] ?? ''}
            values={values?.output_type ?? []}
            onValue={(one) => change({ 'output-type': one })}
          />
          <Choice
            label="Feature group"
            none="all"
            value={parameters['feature-group'] ?? ''}
            values={values?.feature_group ?? []}
            onValue={(one) => change({ 'feature-group': one })}
          />
          <Choice
            label="Trainer"
            none="all"
            value={parameters.trainer ?? ''}
            values={values?.trainer ?? []}
            onValue={(trainer) => change({ trainer })}
          />
          <Field
            label="Node type"
            type="number"
            value={parameters['node-type'] ?? ''}
            onValue={(one) => change({ 'node-type': one })}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={parameters.weights === 'true'}
              onChange={(event) => change({ weights: event.currentTarget.checked ? 'true' : undefined })}
            />
            with weights
          </label>
          {filters.some((name) => parameters[name]) && (
            <button type="button" onClick={() => replaceParameters('models', {})}>
              Clear
            </button>
          )}
        </form>
      </search>
      <Answered asked={models} what="the models">
        {({ rows, total }) => (
          <>
            <Pager
              total={total}
              offset={offset}
              limit={pageRows}
              what="models"
              onOffset={(to) => change({ offset: to })}
            />
            <Table
              caption="Models"
              columns={columns}
              rows={rows}
              keyOf={({ pipeline, path }) => `${pipeline} ${path}`}
              sorting={{
                sort,
                descending,
                onSort: (key, down) => change({ sort: key, order: down ? 'descending' : undefined }),
              }}
            />
            {rows.length === 0 && <p>No model passes this filter.</p>}
          </>
        )}
      </Answered>
    </>
  )
}

const columns: readonly Column<ModelRow>[] = [
  {
    title: 'Model',
    key: 'model_name',
    cell: ({ pipeline, path, model_name }) => (
      <a href={hashOf('model', { pipeline, path })}>
        <Name text={model_name} />
      </a>
    ),
  },
  { title: 'MAE', key: 'mae', numeric: true, cell: ({ mae }) => watts(mae) },
  { title: 'MAPE', key: 'mape', numeric: true, cell: ({ mape }) => percent(mape) },
  {
    title: 'Held out',
    key: 'held_out_mae',
    numeric: true,
    least: true,
    cell: ({ held_out_mae }) => watts(held_out_mae),
  },
  { title: 'Group', key: 'feature_group', cell: ({ feature_group }) => <Name text={feature_group} /> },
  { title: 'Power', key: 'output_type', cell: ({ output_type }) => output_type },
  { title: 'Source', key: 'source', minor: true, cell: ({ source }) => source },
  {
    title: 'Processor',
    key: 'processor',
    minor: true,
    cell: ({ processor }) => (processor === null ? '–' : <Name text={processor} />),
  },
  { title: 'Threads', key: 'cores', numeric: true, least: true, cell: ({ cores }) => cores ?? '–' },
  { title: 'Weights', key: 'has_weights', minor: true, cell: ({ has_weights }) => (has_weights ? 'yes' : 'no') },
  { title: 'Pipeline', key: 'pipeline', least: true, cell: ({ pipeline }) => <Name text={pipeline} /> },
]
