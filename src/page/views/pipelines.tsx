import { useEffect } from 'preact/hooks'
import type { PipelineJson } from '../../api/answers.js'
import { Downloads, EmptyServer, Errors } from '../parts/empty-server.js'
import { Name } from '../parts/name.js'
import { type Column, Table } from '../parts/table.js'
import { hashOf } from '../state/routes.js'
import { counted, time } from '../text/format.js'
import type { ViewProps } from './view.js'

/** Milliseconds between two looks at downloads that run. */
const pollEvery = 2000

/** The pipelines that are served, those on their way, and what could not be read. */
export function PipelinesView({ overview, refresh }: ViewProps) {
  const { pipelines, downloads, errors } = overview
  useEffect(() => {
    if (downloads.length === 0) return
    const timer = setTimeout(refresh, pollEvery)
    return () => clearTimeout(timer)
  }, [downloads, refresh])
  if (pipelines.length === 0) {
    return (
      <>
        <h1>Pipelines</h1>
        <EmptyServer overview={overview} />
      </>
    )
  }
  const listed = pipelines.filter(({ is_made }) => !is_made)
  const models = listed.reduce((sum, pipeline) => sum + pipeline.models, 0)
  return (
    <>
      <h1>Pipelines</h1>
      <p class="lead">
        {counted(models, 'trained model')} in {counted(listed.length, 'pipeline')}
        {listed.length < pipelines.length && ', and one that makes a model for each machine that no other has'}
      </p>
      <Table caption="Pipelines that are served" columns={columns} rows={pipelines} keyOf={({ name }) => name} />
      <Downloads downloads={downloads} />
      <Errors errors={errors} />
    </>
  )
}

const columns: readonly Column<PipelineJson>[] = [
  { title: 'Pipeline', cell: ({ name }) => <Name text={name} /> },
  {
    title: 'Models',
    numeric: true,
    cell: ({ name, models, damaged, is_made }) =>
      is_made ? (
        'on demand'
      ) : (
        <>
          <a href={hashOf('models', { pipeline: name })} aria-label={`${counted(models, 'model')} of ${name}`}>
            {models.toLocaleString('en')}
          </a>
          {damaged > 0 && <small> and {damaged} damaged</small>}
        </>
      ),
  },
  {
    title: 'Node types',
    numeric: true,
    cell: ({ name, node_types, is_made }) =>
      is_made ? (
        '–'
      ) : (
        <a
          href={hashOf('node-types', { pipeline: name })}
          aria-label={`${counted(node_types, 'node type')} of ${name}`}
        >
          {node_types.toLocaleString('en')}
        </a>
      ),
  },
  { title: 'Energy sources', cell: ({ sources }) => sources.join(', ') },
  { title: 'Read', minor: true, cell: ({ loaded_at }) => time(loaded_at) },
  { title: 'From', minor: true, cell: ({ origin }) => <Name text={origin} /> },
]
