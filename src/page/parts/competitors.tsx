import type { RankedModel } from '../../api/answers.js'
import { hashOf } from '../state/routes.js'
import { Name } from './name.js'
import { type Column, Table } from './table.js'

interface CompetitorsProps {
  readonly pipeline: string
  /** The model that is looked at. */
  readonly path: string
  readonly competitors: readonly RankedModel[]
}

/** The models of the same kind and node type, in the order in which they are chosen, with the reason for each. */
export function Competitors({ pipeline, path, competitors }: CompetitorsProps) {
  if (competitors.length < 2) return null
  const columns: readonly Column<RankedModel>[] = [
    { title: 'Rank', numeric: true, cell: ({ rank }) => rank },
    {
      title: 'Model',
      cell: (model) => (
        <a href={hashOf('model', { pipeline, path: model.path })}>
          <Name text={model.model_name} />
        </a>
      ),
    },
    { title: 'Why', cell: ({ why }) => <bdi class="text">{why}</bdi> },
  ]
  return (
    <>
      <h3>Why this one</h3>
      <Table
        caption="Models of the same kind, in the order of choice"
        columns={columns}
        rows={competitors}
        keyOf={(model) => model.path}
        isMarked={(model) => model.path === path}
      />
    </>
  )
}
