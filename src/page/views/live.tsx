import { useEffect, useMemo, useState } from 'preact/hooks'
import type { LiveAnswer, LiveJson } from '../../api/live-answers.js'
import { Chart } from '../parts/chart.js'
import { Name } from '../parts/name.js'
import { Notice } from '../parts/notice.js'
import type { PlotLine } from '../parts/plot-options.js'
import { type Reading, readings } from '../state/readings.js'
import { ask, ServerError } from '../state/server.js'
import { share, watts } from '../text/format.js'
import type { ViewProps } from './view.js'

const everySeconds = 2

/** The watts of this machine now, by its power meter. */
export function LiveView({ overview }: ViewProps) {
  const { seen, error } = useReadings(overview.has_live)
  const latest = seen.at(-1)?.live
  return (
    <>
      <h1>Live watts</h1>
      {error !== undefined && (
        <Notice kind="info">
          <p>
            <bdi>{error}</bdi>. The power meter of this machine starts with <code>kepler-model meter</code>; where it
            answers elsewhere, <code>PAGE_METER_URL</code> says so. This page looks again every {everySeconds} seconds.
          </p>
        </Notice>
      )}
      {overview.has_live && !latest && error === undefined && (
        <p class="waiting chart" role="status">
          Asking the power meter …
        </p>
      )}
      {!overview.has_live && <p>Live watts are turned off here.</p>}
      {latest && <Watts latest={latest} seen={seen} />}
    </>
  )
}

function useReadings(isOn: boolean) {
  const [seen, setSeen] = useState<readonly Reading[]>([])
  const [error, setError] = useState<string>()
  useEffect(() => {
    if (!isOn) return
    const stop = new AbortController()
    const look = async () => {
      // What nobody looks at is not asked for.
      if (document.hidden) return
      try {
        const { reading, reason } = await ask<LiveAnswer>('api/v1/live', { signal: stop.signal })
        if (reading) setSeen((before) => readings(before, { at: Date.now() / 1000, live: reading }))
        setError(reason ?? undefined)
      } catch (cause) {
        if (cause instanceof ServerError) setError(cause.message)
      }
    }
    look()
    const timer = setInterval(look, everySeconds * 1000)
    return () => {
      clearInterval(timer)
      stop.abort()
    }
  }, [isOn])
  return { seen, error }
}

const colors: Readonly<Record<string, string>> = { psys: '--wall', package: '--package', dram: '--dram' }
const names: Readonly<Record<string, string>> = { psys: 'Whole machine', package: 'Packages', dram: 'Memory' }

function Watts({ latest, seen }: { readonly latest: LiveJson; readonly seen: readonly Reading[] }) {
  const x = useMemo(() => seen.map(({ at }) => at), [seen])
  const lines = useMemo<readonly PlotLine[]>(
    () =>
      latest.zones.map(({ zone }, i) => ({
        label: names[zone] ?? zone,
        color: colors[zone] ?? '--muted',
        values: seen.map(({ live }) => live.zones[i]?.watts ?? null),
        dashed: i > 0,
      })),
    [latest, seen],
  )
  return (
    <>
      <dl class="tiles">
        {latest.zones.map(({ zone, watts: value, low, high }) => (
          <div key={zone}>
            <dt>{names[zone] ?? zone}</dt>
            <dd>{watts(value)}</dd>
            <dd class="band">
              {watts(low)} to {watts(high)}
            </dd>
          </div>
        ))}
        {latest.utilisation !== null && (
          <div>
            <dt>Load</dt>
            <dd>{share(latest.utilisation)}</dd>
            <dd class="band">of its processors</dd>
          </div>
        )}
      </dl>
      {latest.gap !== null && (
        <Notice kind="warning">
          <p>No new reading: {latest.gap}</p>
        </Notice>
      )}
      {x.length > 1 && (
        <Chart
          title="Watts of the last minutes"
          x={x}
          lines={lines}
          isTime
          xLabel="Time"
          nameX={(seconds) => new Date(seconds * 1000).toLocaleTimeString()}
        />
      )}
      <p class="hint">
        Estimated by <Name text={latest.model.name} /> ({latest.model.kind}), not measured.
      </p>
    </>
  )
}
