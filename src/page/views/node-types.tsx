import type { Listed, NodeTypeRow } from '../../api/answers.js'
import { EmptyServer } from '../parts/empty-server.js'
import { Choice, Field } from '../parts/field.js'
import { Name } from '../parts/name.js'
import { Answered } from '../parts/notice.js'
import { Pager } from '../parts/pager.js'
import { type Column, Table } from '../parts/table.js'
import { machineParameters } from '../state/asked-machine.js'
import { hashOf, queryOf } from '../state/routes.js'
import { useAnswer } from '../state/use-answer.js'
import { replaceParameters } from '../state/use-route.js'
import type { ViewProps } from './view.js'

const pageRows = 50

/** The kinds of machines that there are models of. */
export function NodeTypesView({ overview, parameters }: ViewProps) {
  const { pipeline = '', search = '' } = parameters
  const sort = parameters.sort ?? 'node_type'
  const descending = parameters.order === 'descending'
  const offset = Number(parameters.offset ?? 0) || 0
  const order = descending ? 'descending' : undefined
  const types = useAnswer<Listed<NodeTypeRow>>(
    `api/v1/node-types${queryOf({ pipeline, search, sort, order, offset, limit: pageRows })}`,
    { settle: 150 },
  )
  const listed = overview.pipelines.filter(({ is_made }) => !is_made)
  if (listed.length === 0) {
    return (
      <>
        <h1>Node types</h1>
        <EmptyServer overview={overview} />
      </>
    )
  }
  const change = (changes: Readonly<Record<string, string | number | undefined>>) =>
    replaceParameters('node-types', { ...parameters, offset: undefined, ...changes })
  return (
    <>
      <h1>Node types</h1>
      <p>
        A node type is a kind of machine that was measured. A machine gets the models of the type that it is most like.
      </p>
      <search>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Field
            label="Search"
            type="search"
            value={search}
            placeholder="processor or number"
            onValue={(text) => change({ search: text })}
          />
          <Choice
            label="Pipeline"
            none="all"
            value={pipeline}
            values={listed.map(({ name }) => name)}
            onValue={(name) => change({ pipeline: name })}
          />
        </form>
      </search>
      <Answered asked={types} what="the node types">
        {({ rows, total }) => (
          <>
            <Pager
              total={total}
              offset={offset}
              limit={pageRows}
              what="node types"
              onOffset={(to) => change({ offset: to })}
            />
            <Table
              caption="Node types"
              columns={columns}
              rows={rows}
              keyOf={({ pipeline: name, node_type }) => `${name} ${node_type}`}
              sorting={{
                sort,
                descending,
                onSort: (key, down) => change({ sort: key, order: down ? 'descending' : undefined }),
              }}
            />
            {rows.length === 0 && <p>No node type passes this filter.</p>}
          </>
        )}
      </Answered>
    </>
  )
}

const amount = (value: number | undefined) => value?.toLocaleString('en') ?? '–'

const columns: readonly Column<NodeTypeRow>[] = [
  {
    title: 'Type',
    key: 'node_type',
    numeric: true,
    cell: ({ node_type, pipeline, machine }) => (
      <a
        href={hashOf('machine', { ...machineParameters(machine), pipeline, 'node-type': node_type })}
        aria-label={`Machine of node type ${node_type}`}
      >
        {node_type}
      </a>
    ),
  },
  { title: 'Processor', key: 'processor', cell: ({ machine }) => <Name text={machine.processor ?? '–'} /> },
  { title: 'Threads', key: 'cores', numeric: true, cell: ({ machine }) => amount(machine.cores) },
  { title: 'Chips', key: 'chips', numeric: true, minor: true, cell: ({ machine }) => amount(machine.chips) },
  { title: 'GB', key: 'memory', numeric: true, minor: true, cell: ({ machine }) => amount(machine.memory) },
  { title: 'MHz', key: 'frequency', numeric: true, minor: true, cell: ({ machine }) => amount(machine.frequency) },
  { title: 'Measured', key: 'members', numeric: true, minor: true, cell: ({ members }) => amount(members) },
  {
    title: 'Models',
    key: 'models',
    numeric: true,
    cell: ({ pipeline, node_type, models }) => (
      <a
        href={hashOf('models', { pipeline, 'node-type': node_type })}
        aria-label={`${models} models of node type ${node_type}`}
      >
        {models}
      </a>
    ),
  },
  { title: 'Pipeline', minor: true, cell: ({ pipeline }) => <Name text={pipeline} /> },
]
