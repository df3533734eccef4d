import type { Chart, ColourRole, Panel } from '../chart.js'
import type { DriftHistory, DriftOverTime } from '../data/drift.js'
import { isoText, modelText, timeAxis, timeRange } from './texts.js'
import { thinnedLine, thinnedPoints } from './thinned.js'

const colours: readonly ColourRole[] = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6']
const mostEvents = 4
/** Rows that are averaged: the error of a single one is mostly noise. */
const smoothed = 11

/** How far models are off in the course of time: one model on measurements, and the versions that were published. */
export function driftChart(history: DriftHistory | undefined, overTime: DriftOverTime | undefined): Chart {
  const since = overTime?.driftingSince
  return {
    title: 'Drift',
    ...(overTime
      ? { subtitle: `${modelText(overTime)}; ${timeRange(overTime.times)}` }
      : history
        ? { subtitle: `versions of ${history.pipeline}` }
        : {}),
    panels: [...(overTime ? [errorPanel(overTime)] : []), ...(history ? [historyPanel(history)] : [])],
    notes: [
      ...(overTime
        ? [
            since === undefined
              ? `No drift: the error is not above ${overTime.normal.toFixed(0)} % of the mean power for long.`
              : `Drifting since ${isoText(since)} UTC: the error has been above ${overTime.normal.toFixed(0)} % of the mean power.`,
          ]
        : []),
      ...(history ? historyNotes(history) : []),
    ],
  }
}

function errorPanel({ times, errors, normal, driftingSince }: DriftOverTime): Panel {
  const points = thinnedPoints(errors.map((error, i) => ({ time: times[i]!, error })))
  const means = errors.map((_, row) => meanAround(errors, row))
  const end = times.at(-1) ?? 0
  return {
    title: 'Error of the model on measurements',
    x: timeAxis,
    y: { label: 'error (% of the mean power)', scale: 'linear', fromZero: true },
    layers: [
      ...(driftingSince === undefined
        ? []
        : [
            {
              kind: 'span',
              spans: [{ from: driftingSince, to: end }],
              colour: 'warning',
              name: 'drifting',
            } as const,
          ]),
      {
        kind: 'points',
        x: points.map(({ time }) => time),
        y: points.map(({ error }) => error),
        colour: 'series-1',
        faint: true,
        name: 'a row',
      },
      { kind: 'line', ...thinnedLine(times, means), colour: 'series-1', name: `mean of ${smoothed} rows` },
      { kind: 'rule', at: { y: normal }, colour: 'warning', name: 'normal at most' },
    ],
  }
}

function historyPanel({ versions, events }: DriftHistory): Panel {
  const slots = [...new Set(versions.flatMap((version) => Object.keys(version.slots)))].sort()
  const shown = slots.slice(0, colours.length)
  const back = events.filter(({ action }) => action === 'rolled-back')
  return {
    title: 'Error of the best model of each slot when a version was published',
    x: timeAxis,
    y: { label: 'error (% of the mean power)', scale: 'linear', fromZero: true },
    layers: [
      ...shown.flatMap((slot, i) => {
        const own = versions.filter((version) => version.slots[slot] !== undefined)
        const points = { x: own.map(({ publishedAt }) => publishedAt), y: own.map((one) => one.slots[slot]!) }
        const colour = colours[i]!
        return [
          { kind: 'line', ...points, colour } as const,
          { kind: 'points', ...points, colour, name: slot } as const,
        ]
      }),
      ...back.map(({ time }) => ({ kind: 'rule', at: { x: time }, colour: 'warning', name: 'rolled back' }) as const),
    ],
  }
}

function historyNotes({ versions, events, unreadable }: DriftHistory): readonly string[] {
  const slots = new Set(versions.flatMap((version) => Object.keys(version.slots)))
  const told = events
    .slice(-mostEvents)
    .map(
      ({ time, action, version, why }) =>
        `${isoText(time)} ${action}${version === undefined ? '' : ` ${version}`}: ${why}`,
    )
  return [
    ...(versions.length === 0 ? ['No version is kept.'] : []),
    ...(slots.size > colours.length ? [`${slots.size - colours.length} more slots are not shown.`] : []),
    ...told,
    ...unreadable.map((why) => `not read: ${why}`),
  ]
}

function meanAround(values: readonly number[], row: number): number {
  const near = values.slice(Math.max(0, row - (smoothed >> 1)), row + (smoothed >> 1) + 1)
  return near.reduce((sum, value) => sum + value, 0) / near.length
}
