import { useMemo } from 'preact/hooks'
import type { CurveJson } from '../../api/curve-answers.js'
import { Chart } from '../parts/chart.js'
import { Name } from '../parts/name.js'
import { Answered } from '../parts/notice.js'
import type { PlotLine } from '../parts/plot-options.js'
import { type AskedMachine, curveRoute } from '../state/asked-machine.js'
import { useAnswer } from '../state/use-answer.js'
import { share, watts } from '../text/format.js'
import { assumptionText, describedText, knownText } from '../text/words.js'

/** The watts of a machine from idle to full load, with the interval, what was assumed, and what it rests on. */
export function MachineCurve({ asked, described }: { readonly asked: AskedMachine; readonly described: boolean }) {
  const curve = useAnswer<CurveJson>(curveRoute(asked, described), { settle: 350 })
  return (
    <section aria-labelledby="curve-title">
      <h2 id="curve-title">Watts from idle to full load</h2>
      <Answered asked={curve} what="the curve" space="chart">
        {(answer) => <Curve curve={answer} />}
      </Answered>
    </section>
  )
}

function Curve({ curve }: { readonly curve: CurveJson }) {
  const { load, wall, package: packages, dram, host, assumptions, points } = curve
  const last = load.length - 1
  // The chart is drawn again only when there is another curve.
  const x = useMemo(() => load.map((part) => Math.round(part * 100)), [load])
  const lines = useMemo<readonly PlotLine[]>(
    () => [
      { label: 'Wall', color: '--wall', values: wall.watts, low: wall.low, high: wall.high },
      { label: 'Packages', color: '--package', values: packages.watts, dashed: true },
      ...(dram ? [{ label: 'Memory', color: '--dram', values: dram.watts, dashed: true }] : []),
    ],
    [wall, packages, dram],
  )
  return (
    <>
      <dl class="tiles">
        <div>
          <dt>Idle</dt>
          <dd>{watts(wall.watts[0])}</dd>
          <dd class="band">
            {watts(wall.low[0])} to {watts(wall.high[0])}
          </dd>
        </div>
        <div>
          <dt>Full load</dt>
          <dd>{watts(wall.watts[last])}</dd>
          <dd class="band">
            {watts(wall.low[last])} to {watts(wall.high[last])}
          </dd>
        </div>
      </dl>
      <Chart
        title={`Watts at the wall by load: ${watts(wall.watts[0])} idle, ${watts(wall.watts[last])} at full load`}
        x={x}
        lines={lines}
        xLabel="Load"
        xUnit="%"
        nameX={(value) => `At ${value} % load`}
      />
      <p>
        {knownText(curve)} The band holds {share(curve.coverage)} of such machines.
        {points.length > 0 && ' What was measured of this machine is part of it.'}
      </p>
      {host && (
        <p>
          It has {share(host.share)} of its host ({host.from}).
        </p>
      )}
      <div class="columns">
        <section>
          <h3>Taken for</h3>
          <p>
            <bdi>{describedText(curve.machine)}</bdi>
          </p>
          {assumptions.length > 0 && (
            <>
              <h3>Assumed</h3>
              <ul>
                {assumptions.map((assumption) => (
                  <li key={assumption.field}>{assumptionText(assumption)}</li>
                ))}
              </ul>
            </>
          )}
        </section>
        <section>
          <h3>Rests most on the measurements of</h3>
          <ul>
            {curve.rests_on.map(({ model, vendor, processor, published }) => (
              <li key={`${vendor} ${model} ${processor} ${published}`}>
                <bdi>
                  {vendor} {model}
                </bdi>
                , <Name text={processor} /> {published && <small class="date">{published}</small>}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}
