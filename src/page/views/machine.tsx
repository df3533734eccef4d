import { useState } from 'preact/hooks'
import type { Listed, NodeTypeRow } from '../../api/answers.js'
import { Choice, Field } from '../parts/field.js'
import { Machine } from '../parts/machine.js'
import { Name } from '../parts/name.js'
import { EmptyServer } from '../parts/empty-server.js'
import { type AskedMachine, askedMachine, isDescribed, type machineKeys } from '../state/asked-machine.js'
import { type Parameters, queryOf } from '../state/routes.js'
import { useAnswer } from '../state/use-answer.js'
import { replaceParameters } from '../state/use-route.js'
import { ChosenModel } from './chosen-model.js'
import { MachineCurve } from './machine-curve.js'
import type { ViewProps } from './view.js'

/** A machine, this one or a described one: its curve, the model that it gets, and the machines most like it. */
export function MachineView({ overview, parameters }: ViewProps) {
  const asked = askedMachine(parameters, overview)
  const described = isDescribed(parameters)
  return (
    <>
      <h1>{described ? 'A described machine' : 'This machine'}</h1>
      <p class="lead">
        {parameters.instance ? (
          <>
            Cloud instance <Name text={parameters.instance} />
          </>
        ) : (
          <Machine machine={asked.machine} />
        )}
      </p>
      <MachineForm parameters={parameters} asked={asked} sources={sourcesOf(overview.pipelines)} overview={overview} />
      {overview.has_curve && <MachineCurve asked={asked} described={described} />}
      {overview.pipelines.length === 0 ? (
        <EmptyServer overview={overview} />
      ) : (
        <ChosenModel asked={asked} parameters={parameters} />
      )}
    </>
  )
}

function sourcesOf(pipelines: ViewProps['overview']['pipelines']): readonly string[] {
  return [...new Set(pipelines.flatMap(({ sources }) => sources))]
}

interface FormProps {
  readonly parameters: Parameters
  readonly asked: AskedMachine
  readonly sources: readonly string[]
  readonly overview: ViewProps['overview']
}

function MachineForm({ parameters, asked, sources, overview }: FormProps) {
  const [open, setOpen] = useState(isDescribed(parameters))
  const set = (name: string, value: string) => replaceParameters('machine', { ...parameters, [name]: value })
  const value = (name: (typeof machineKeys)[number]) => parameters[name] ?? ''
  const types = useAnswer<Listed<NodeTypeRow>>(
    open
      ? `api/v1/node-types${queryOf({ search: parameters.processor, sort: 'models', order: 'descending', limit: 30 })}`
      : undefined,
    { settle: 200 },
  )
  const processors = [...new Set((types.answer?.rows ?? []).flatMap(({ machine }) => machine.processor ?? []))]
  return (
    <details class="form" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Describe another machine</summary>
      <form onSubmit={(event) => event.preventDefault()}>
        <Field
          label="Processor"
          wide
          value={value('processor')}
          suggestions={processors}
          placeholder="Intel Xeon E5-2686 v4, amd_epyc_7763 …"
          onValue={(text) => set('processor', text)}
        />
        <Field label="Threads" type="number" value={value('cores')} onValue={(text) => set('cores', text)} />
        <Field label="Chips" type="number" value={value('chips')} onValue={(text) => set('chips', text)} />
        <Field label="Memory, GB" type="number" value={value('memory')} onValue={(text) => set('memory', text)} />
        <Field
          label="Frequency, MHz"
          type="number"
          value={value('frequency')}
          onValue={(text) => set('frequency', text)}
        />
        <Field
          label="or a cloud instance"
          value={value('instance')}
          placeholder="m5.4xlarge"
          onValue={(text) => set('instance', text)}
        />
        <fieldset>
          <legend>What the model is for</legend>
          <Choice label="Energy source" value={asked.source} values={sources} onValue={(one) => set('source', one)} />
          <Choice
            label="Power"
            value={asked.outputType}
            values={['AbsPower', 'DynPower']}
            onValue={(one) => set('output', one)}
          />
          <Choice
            label="What is measured"
            value={asked.group}
            values={Object.keys(overview.feature_groups)}
            onValue={(one) => set('measured', one)}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={asked.weight}
              onChange={(event) => set('weights', event.currentTarget.checked ? 'true' : '')}
            />
            as weights, which Kepler evaluates itself
          </label>
        </fieldset>
        {isDescribed(parameters) && (
          <button type="button" onClick={() => replaceParameters('machine', {})}>
            Back to this machine
          </button>
        )}
      </form>
    </details>
  )
}
