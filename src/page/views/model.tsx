import type { ModelDetails, WeightsJson } from '../../api/answers.js'
import { Code } from '../parts/code.js'
import { Competitors } from '../parts/competitors.js'
import { Machine } from '../parts/machine.js'
import { Name } from '../parts/name.js'
import { Answered, Notice } from '../parts/notice.js'
import { type Column, Table } from '../parts/table.js'
import { hashOf, type Parameters } from '../state/routes.js'
import { useModel } from '../state/use-model.js'
import { percent, shownNumber, unitOf, watts } from '../text/format.js'
import type { ViewProps } from './view.js'

/** One model: errors, inputs, weights, metadata, and those that it competes with. */
export function ModelView({ overview, parameters }: ViewProps) {
  const model = useModel(parameters, overview)
  return (
    <Answered asked={model} what="the model">
      {(answer) => <Details model={answer} parameters={parameters} />}
    </Answered>
  )
}

function Details({ model, parameters }: { readonly model: ModelDetails; readonly parameters: Parameters }) {
  const { pipeline, path, metadata, weights, weights_fault, fault, machine, competitors } = model
  return (
    <>
      <h1>
        <Name text={model.model_name} />
      </h1>
      <p class="lead">
        <a href={hashOf('models', { pipeline })}>
          <Name text={pipeline} />
        </a>
        , {model.source}, {model.output_type}, <Name text={model.feature_group} />
      </p>
      {fault !== null && (
        <Notice kind="warning">
          <p>
            The archive cannot be used: <bdi class="text">{fault}</bdi>
          </p>
        </Notice>
      )}
      <dl class="tiles">
        <div>
          <dt>Mean absolute error</dt>
          <dd>{watts(model.mae)}</dd>
          <dd class="band">{percent(model.mape)}</dd>
        </div>
        <div>
          <dt>On held-out rows</dt>
          <dd>{watts(model.held_out_mae)}</dd>
          <dd class="band">{model.held_out_mae === null ? 'not told' : 'of time and workloads'}</dd>
        </div>
        <div>
          <dt>{model.is_made ? 'Made for' : 'Node type'}</dt>
          <dd>{model.is_made ? 'one machine' : model.node_type}</dd>
          <dd class="band">{machine ? <Machine machine={machine} /> : 'machine not known'}</dd>
        </div>
      </dl>
      {fault === null && (
        <p>
          <a class="button" href={hashOf('estimate', model.is_made ? parameters : { pipeline, path })}>
            Try an estimate
          </a>
        </p>
      )}
      <h2>Inputs</h2>
      <Table caption="Inputs of the model" columns={inputColumns(model)} rows={model.features} keyOf={(name) => name} />
      {weights && (
        <>
          <h2>Weights</h2>
          {weights_fault !== null && (
            <Notice kind="warning">
              <p>As they are, Kepler could not use them: {weights_fault}</p>
            </Notice>
          )}
          {Object.entries(weights).map(([component, one]) => (
            <Weights key={component} component={component} weights={one} />
          ))}
        </>
      )}
      <Competitors pipeline={pipeline} path={path} competitors={competitors} />
      <h2>Metadata</h2>
      <Table
        caption="Numbers of the metadata"
        columns={numberColumns}
        rows={Object.entries(model.numbers)}
        keyOf={([name]) => name}
      />
      {metadata && (
        <details>
          <summary>All metadata, as JSON</summary>
          <Code label="Metadata as JSON" text={JSON.stringify(metadata, null, 2)} />
        </details>
      )}
    </>
  )
}

function inputColumns({ uncertainty }: ModelDetails): readonly Column<string>[] {
  const inputs = uncertainty?.inputs ?? {}
  const range = (name: string) => inputs[name]
  return [
    { title: 'Feature', cell: (name) => <Name text={name} /> },
    { title: 'Unit', minor: true, cell: unitOf },
    { title: 'Least seen', numeric: true, cell: (name) => shown(range(name)?.lower) },
    { title: 'Most seen', numeric: true, cell: (name) => shown(range(name)?.upper) },
    { title: 'Most possible', numeric: true, minor: true, cell: (name) => shown(range(name)?.limit) },
  ]
}

const numberColumns: readonly Column<readonly [string, number]>[] = [
  { title: 'Name', cell: ([name]) => <Name text={name} /> },
  { title: 'Value', numeric: true, cell: ([, value]) => shownNumber(value) },
]

function Weights({ component, weights }: { readonly component: string; readonly weights: WeightsJson }) {
  const { Bias_Weight: bias, Numerical_Variables: variables, CurveFit_Weights: curve } = weights.All_Weights
  return (
    <>
      <h3>{component}</h3>
      <p>
        {curve
          ? `A curve with the parameters ${curve.map(shownNumber).join(', ')}.`
          : `Watts = ${shownNumber(bias ?? 0)} + the sum of weight × value / scale.`}
      </p>
      <Table
        caption={`Weights of ${component}`}
        columns={weightColumns}
        rows={Object.entries(variables)}
        keyOf={([name]) => name}
      />
    </>
  )
}

type Variable = readonly [string, { readonly scale: number; readonly weight?: number | undefined }]

const weightColumns: readonly Column<Variable>[] = [
  { title: 'Feature', cell: ([name]) => <Name text={name} /> },
  { title: 'Weight, W', numeric: true, cell: ([, { weight }]) => shown(weight) },
  { title: 'Scale', numeric: true, cell: ([, { scale }]) => shownNumber(scale) },
]

function shown(value: number | undefined): string {
  return value === undefined ? '–' : shownNumber(value)
}
