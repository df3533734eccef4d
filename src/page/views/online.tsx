import { useState } from 'preact/hooks'
import type { DriftJson, LogEntryJson, OnlineJson } from '../../api/online-answers.js'
import { Name } from '../parts/name.js'
import { Answered, Notice } from '../parts/notice.js'
import { type Column, Table } from '../parts/table.js'
import { useAnswer } from '../state/use-answer.js'
import { bytes, counted, percent, shownNumber, time, watts } from '../text/format.js'
import type { ViewProps } from './view.js'
import { Versions } from './versions.js'

/** What the online trainer did and why, how well what is served fits now, and the versions to go back to. */
export function OnlineView({ overview, refresh }: ViewProps) {
  const online = useAnswer<OnlineJson>(overview.has_online ? 'api/v1/online' : undefined)
  const [changed, setChanged] = useState<OnlineJson>()
  if (!overview.has_online) {
    return (
      <>
        <h1>Online trainer</h1>
        <Notice kind="info">
          <p>
            No online trainer runs here. <code>kepler-model serve --online --prometheus URL</code> starts one.
          </p>
        </Notice>
      </>
    )
  }
  const again = () => {
    setChanged(undefined)
    online.again()
    refresh()
  }
  return (
    <>
      <h1>Online trainer</h1>
      <Answered asked={online} what="what the trainer did">
        {(answer) => (
          <Report
            online={changed ?? answer}
            onChange={(next) => {
              setChanged(next)
              refresh()
            }}
            again={again}
          />
        )}
      </Answered>
    </>
  )
}

interface ReportProps {
  readonly online: OnlineJson
  readonly onChange: (next: OnlineJson) => void
  readonly again: () => void
}

function Report({ online, onChange, again }: ReportProps) {
  const { pipeline, last_round, last_round_at, last_failure, rounds, machines, guests, history, findings } = online
  return (
    <>
      <p class="lead">
        Pipeline <Name text={pipeline} />, version {online.served_version || 'none'}
        {online.pinned && `, pinned since ${time(online.pinned.since)}`}
      </p>
      {last_failure !== null && (
        <Notice kind="error">
          <p>
            The last round failed: <bdi class="text">{last_failure}</bdi>
          </p>
        </Notice>
      )}
      <dl class="tiles">
        <div>
          <dt>Rounds</dt>
          <dd>{Object.values(rounds).reduce((sum, count) => sum + count, 0)}</dd>
          <dd class="band">{nonZero(rounds) || 'none yet'}</dd>
        </div>
        <div>
          <dt>Machines</dt>
          <dd>{machines.metered ?? 0}</dd>
          <dd class="band">{machines.no_meter ? `and ${machines.no_meter} without a meter` : 'with a meter'}</dd>
        </div>
        {nonZero(guests) && (
          <div>
            <dt>Guests</dt>
            <dd>{guests.joined ?? 0}</dd>
            <dd class="band">{leftOut(guests)}</dd>
          </div>
        )}
        <div>
          <dt>Measurements kept</dt>
          <dd>{bytes(history.bytes)}</dd>
          <dd class="band">of {shownNumber(history.seconds / 3600)} h</dd>
        </div>
      </dl>
      <p>
        {last_round_at && <b>{time(last_round_at)}: </b>}
        <bdi class="text">{last_round}</bdi>{' '}
        <button type="button" onClick={again}>
          Look again
        </button>
      </p>
      {nonZero(findings) && <p class="hint">Wrong with the measurements of the last round: {nonZero(findings)}.</p>}
      <h2>Drift</h2>
      <Drift drift={online.drift} />
      <h2>Versions</h2>
      <Versions online={online} onChange={onChange} />
      <h2>What it did, and why</h2>
      <Log log={online.log} />
    </>
  )
}

/** Virtual machines that nothing is learnt from: their hosts tell no power, or nothing tells what they count themselves. */
function leftOut({ joined: _, ...others }: Readonly<Record<string, number>>): string {
  const rest = nonZero(others)
  return rest ? `and ${rest}` : 'joined with their hosts'
}

function nonZero(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`)
    .join(', ')
}

const driftColumns: readonly Column<DriftJson>[] = [
  { title: 'Models', cell: ({ slot }) => <Name text={slot} /> },
  { title: 'Served', minor: true, cell: ({ model }) => <Name text={model} /> },
  {
    title: 'Error now',
    numeric: true,
    cell: ({ watts: error, percent: part }) => `${watts(error)} (${percent(part)})`,
  },
  {
    title: 'Times as published',
    numeric: true,
    cell: ({ ratio }) =>
      ratio === null ? '–' : <span class={ratio > 2 ? 'bad' : undefined}>{shownNumber(ratio)}</span>,
  },
  { title: 'Rows', numeric: true, minor: true, cell: ({ rows }) => rows },
]

function Drift({ drift }: { readonly drift: readonly DriftJson[] }) {
  if (drift.length === 0) return <p>No served model was measured against new measurements yet.</p>
  return (
    <Table
      caption="Errors of served models on measurements that they were not trained on"
      columns={driftColumns}
      rows={drift}
      keyOf={({ slot }) => slot}
    />
  )
}

function Log({ log }: { readonly log: readonly LogEntryJson[] }) {
  if (log.length === 0) return <p>Nothing yet.</p>
  return (
    <ol class="log">
      {log.map(({ time: at, action, version, why, slots }, i) => (
        <li key={`${at} ${i}`}>
          <time dateTime={at}>{time(at)}</time>{' '}
          <span class={`badge ${action}`}>
            {action.replace('-', ' ')}
            {version === null ? '' : ` ${version}`}
          </span>{' '}
          <bdi class="text">{why}</bdi>
          {slots.length > 0 && (
            <details>
              <summary>{counted(slots.length, 'decision')}</summary>
              <ul>
                {slots.map(({ slot, verdict, why: reason }) => (
                  <li key={slot}>
                    <bdi class="text">{slot}</bdi>: <b>{verdict.replaceAll('_', ' ')}</b>,{' '}
                    <bdi class="text">{reason}</bdi>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </li>
      ))}
    </ol>
  )
}
