import type { ChoiceJson, NearestMachine } from '../../api/answers.js'
import { Competitors } from '../parts/competitors.js'
import { Machine } from '../parts/machine.js'
import { Name } from '../parts/name.js'
import { Answered, Notice } from '../parts/notice.js'
import { type Column, Table } from '../parts/table.js'
import { type AskedMachine, choiceBody, machineParameters } from '../state/asked-machine.js'
import { hashOf, type Parameters } from '../state/routes.js'
import { useAnswer } from '../state/use-answer.js'
import { percent, share, watts } from '../text/format.js'
import { matchText, matchWord } from '../text/words.js'

interface ChosenModelProps {
  readonly asked: AskedMachine
  /** Of the view, which describe the machine. */
  readonly parameters: Parameters
}

/** The model that a machine gets, how it was matched, and how certain that is. */
export function ChosenModel({ asked, parameters }: ChosenModelProps) {
  const choice = useAnswer<ChoiceJson>('api/v1/choice', { body: choiceBody(asked), settle: 350 })
  return (
    <section aria-labelledby="choice-title">
      <h2 id="choice-title">The model that it gets</h2>
      <Answered asked={choice} what="the choice">
        {(answer) => <Chosen choice={answer} parameters={parameters} />}
      </Answered>
    </section>
  )
}

function Chosen({ choice, parameters }: { readonly choice: ChoiceJson; readonly parameters: Parameters }) {
  const { model, match, corrected, passed_over, nearest } = choice
  const { pipeline, path, machine, competitors } = model
  // A model that was made for the machine has the machine for its name.
  const name = model.is_made ? parameters : { pipeline, path }
  return (
    <>
      <div class="card">
        <p class="big">
          <a href={hashOf('model', name)}>
            <Name text={model.model_name} />
          </a>
        </p>
        <p>
          of <Name text={pipeline} />, {model.source}, {model.output_type}, <Name text={model.feature_group} />; error{' '}
          {model.held_out_mae === null ? (
            <>
              <b>{watts(model.mae)}</b>
              {model.mape !== null && ` (${percent(model.mape)})`}
            </>
          ) : (
            <>
              <b>{watts(model.held_out_mae)}</b> on rows that were held out
            </>
          )}
        </p>
        {match ? (
          <p>
            <span class={`badge ${matchWord(match).replace('a ', '')}`}>{matchWord(match)}</span> {matchText(match)}
          </p>
        ) : (
          <p>Nothing is known of the machine, so the model of the least error answers.</p>
        )}
        {machine && (
          <p>
            {model.is_made ? 'Made for' : 'Trained on'}: <Machine machine={machine} />
          </p>
        )}
        <p>
          <a class="button" href={hashOf('estimate', name)}>
            Try an estimate
          </a>
        </p>
      </div>
      {corrected !== null && (
        <Notice kind="warning">
          <p>Its weights were corrected: {corrected}</p>
        </Notice>
      )}
      {passed_over.length > 0 && (
        <Notice kind="info">
          <p>Passed over, since Kepler could not use the weights:</p>
          <ul>
            {passed_over.map((one) => (
              <li key={one}>
                <bdi>{one}</bdi>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {nearest.length > 0 && (
        <>
          <h3>The nearest machines</h3>
          <Table
            caption="Node types, the most similar first"
            columns={nearestColumns}
            rows={nearest}
            keyOf={(type) => `${type.pipeline} ${type.node_type}`}
            isMarked={({ node_type }) => node_type === model.node_type}
          />
        </>
      )}
      <Competitors pipeline={pipeline} path={path} competitors={competitors} />
    </>
  )
}

const nearestColumns: readonly Column<NearestMachine>[] = [
  {
    title: 'Node type',
    cell: ({ node_type, pipeline, machine }) => (
      <a href={hashOf('machine', { ...machineParameters(machine), pipeline, 'node-type': node_type })}>{node_type}</a>
    ),
  },
  {
    title: 'Alike',
    numeric: true,
    cell: ({ similarity }) => (
      <>
        <meter min={0} max={1} value={similarity} aria-label={`Alike: ${share(similarity)}`} /> {share(similarity)}
      </>
    ),
  },
  { title: 'Machine', cell: ({ machine }) => <Machine machine={machine} /> },
  { title: 'Measured', numeric: true, minor: true, cell: ({ members }) => members },
  {
    title: 'Models',
    numeric: true,
    minor: true,
    cell: ({ pipeline, node_type, models }) => (
      <a href={hashOf('models', { pipeline, 'node-type': node_type })}>{models}</a>
    ),
  },
]
