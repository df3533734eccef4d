import { useState } from 'preact/hooks'
import type { EstimateJson, ModelDetails } from '../../api/answers.js'
import { CopyBox } from '../parts/copy-box.js'
import { EmptyServer } from '../parts/empty-server.js'
import { Name } from '../parts/name.js'
import { Answered, Notice } from '../parts/notice.js'
import { PowerBars } from '../parts/power-bars.js'
import { type AskedMachine, askedMachine } from '../state/asked-machine.js'
import { hashOf, type Parameters } from '../state/routes.js'
import { estimateBody, sliderOf, startValues } from '../state/sliders.js'
import { useAnswer } from '../state/use-answer.js'
import { useModel } from '../state/use-model.js'
import { curlCommand, keplerConfig } from '../text/commands.js'
import { shownNumber, unitOf } from '../text/format.js'
import type { ViewProps } from './view.js'

/** An estimate by a model: the one that was linked to, else the one that the machine gets. */
export function EstimateView({ overview, parameters }: ViewProps) {
  const model = useModel(parameters, overview)
  if (overview.pipelines.length === 0) {
    return (
      <>
        <h1>Try an estimate</h1>
        <EmptyServer overview={overview} />
      </>
    )
  }
  return (
    <>
      <h1>Try an estimate</h1>
      <Answered asked={model} what="the model">
        {(answer) =>
          answer.fault === null ? (
            <Sliders
              key={`${answer.pipeline} ${answer.path}`}
              model={answer}
              asked={askedMachine(parameters, overview)}
              parameters={parameters}
            />
          ) : (
            <Notice kind="error">
              <p>
                This model cannot estimate: <bdi class="text">{answer.fault}</bdi>
              </p>
            </Notice>
          )
        }
      </Answered>
    </>
  )
}

interface SlidersProps {
  readonly model: ModelDetails
  /** The machine that a model was made for. */
  readonly asked: AskedMachine
  readonly parameters: Parameters
}

function Sliders({ model, asked, parameters }: SlidersProps) {
  const [values, setValues] = useState(() => startValues(model))
  const body = estimateBody(model, values, asked)
  const estimate = useAnswer<EstimateJson>('api/v1/estimate', { body, settle: 60 })
  const server = new URL('.', location.href).href.replace(/#.*$/, '')
  return (
    <>
      <p class="lead">
        by{' '}
        <a href={hashOf('model', model.is_made ? parameters : { pipeline: model.pipeline, path: model.path })}>
          <Name text={model.model_name} />
        </a>{' '}
        of <Name text={model.pipeline} />, {model.output_type}
      </p>
      <div class="columns">
        <section aria-labelledby="inputs-title">
          <h2 id="inputs-title">What the machine does</h2>
          {model.features.map((feature) => (
            <Slider
              key={feature}
              feature={feature}
              {...sliderOf(model, feature)}
              value={values[feature] ?? 0}
              onValue={(value) => setValues({ ...values, [feature]: value })}
            />
          ))}
        </section>
        <section aria-labelledby="watts-title">
          <h2 id="watts-title">What it draws</h2>
          <Answered asked={estimate} what="the estimate">
            {(answer) => <PowerBars estimate={answer} />}
          </Answered>
        </section>
      </div>
      <CopyBox title="curl" text={curlCommand(server, 'api/v1/estimate', body)} />
      <CopyBox title="Kepler configuration" text={keplerConfig(server, model)} />
    </>
  )
}

interface SliderProps {
  readonly feature: string
  readonly most: number
  readonly step: number
  readonly value: number
  readonly onValue: (value: number) => void
}

function Slider({ feature, most, step, value, onValue }: SliderProps) {
  const set = (text: string) => {
    const number = Number(text)
    if (text !== '' && Number.isFinite(number)) onValue(number)
  }
  return (
    <fieldset class="slider">
      <legend>
        <Name text={feature} /> <small>{unitOf(feature)}</small>
      </legend>
      <input
        type="range"
        aria-label={feature}
        aria-valuetext={`${shownNumber(value)} ${unitOf(feature)}`}
        min={0}
        max={most}
        step={step}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <input
        type="number"
        aria-label={`${feature}, as a number`}
        min={0}
        step="any"
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </fieldset>
  )
}
