import type { Chart, Panel } from '../chart.js'
import type { TrainerError, TrainerErrors } from '../data/held-out-errors.js'
import { trainerText } from './texts.js'

/** Pictures of more slots than this help nobody. */
const mostPanels = 12

/** Errors by trainer, with the spread over the folds that were held out. */
export function errorChart(pipeline: string, data: readonly TrainerErrors[]): Chart {
  const shown = data.slice(0, mostPanels)
  const unfit = shown.flatMap(({ trainers }) => trainers.filter((one) => one.unfit !== undefined))
  const published = shown.some(({ trainers }) => trainers.some((one) => one.published))
  return {
    title: 'Errors by trainer',
    subtitle: `${pipeline}; the best first, as a server chooses`,
    panels: shown.map(panelOf),
    notes: [
      ...(published
        ? ['The error of the metadata (mae) is no error on held-out rows; how it was measured is not known.']
        : []),
      ...(unfit.length > 0
        ? [`Never chosen while another can be: ${unfit.length} models, marked with ✕ (kepler-model models --why).`]
        : []),
      ...(data.length > shown.length
        ? [`${data.length - shown.length} more slots are not shown: choose with -e, -ot, -fg or --node-type.`]
        : []),
    ],
  }
}

/** Errors that run away would leave the others no room. */
const mostTimesMedian = 8

function panelOf({ source, outputType, featureGroup, nodeType, trainers }: TrainerErrors): Panel {
  const named = trainers.map((one) => ({
    ...one,
    name: `${trainerText(one.trainer)}${one.unfit === undefined ? '' : ' ✕'}`,
  }))
  const limit = limitOf(trainers)
  const folds = (of: (one: TrainerError) => readonly number[]) => {
    const points = named.flatMap((one) => of(one).map((error) => ({ x: error, y: one.name })))
    return points.filter(({ x }) => x <= limit)
  }
  const [time, workloads] = [folds((one) => one.timeFolds), folds((one) => one.workloadFolds)]
  const known = named.filter(({ error }) => error <= limit)
  const heldOut = known.filter(({ published }) => !published)
  const published = known.filter((one) => one.published)
  const out = named.filter(({ error }) => !(error <= limit)).map(({ name }) => name)
  const xs = (points: readonly { readonly x: number }[]) => points.map(({ x }) => x)
  const ys = (points: readonly { readonly y: string }[]) => points.map(({ y }) => y)
  return {
    title: `${source} · ${outputType} · ${featureGroup} · node type ${nodeType}${out.length > 0 ? ` (off the scale: ${out.join(', ')})` : ''}`,
    x: { label: 'mean absolute error (W)', scale: 'linear', fromZero: true },
    y: named.map(({ name }) => name),
    layers: [
      {
        kind: 'interval',
        category: heldOut.map(({ name }) => name),
        low: heldOut.map(({ error, standardError }) => Math.max(0, error - standardError)),
        high: heldOut.map(({ error, standardError }) => error + standardError),
        middle: heldOut.map(({ error }) => error),
        colour: 'series-1',
        ...(heldOut.length > 0 && { name: 'held out: mean ± standard error' }),
      },
      ...(time.length > 0
        ? [{ kind: 'points', x: xs(time), y: ys(time), colour: 'series-3', name: 'a block of time left out' } as const]
        : []),
      ...(workloads.length > 0
        ? [
            {
              kind: 'points',
              x: xs(workloads),
              y: ys(workloads),
              colour: 'series-2',
              symbol: 'triangle',
              name: 'a workload left out',
            } as const,
          ]
        : []),
      ...(published.length > 0
        ? [
            {
              kind: 'points',
              x: published.map(({ error }) => error),
              y: published.map(({ name }) => name),
              colour: 'muted',
              symbol: 'square',
              name: 'mae of the metadata',
            } as const,
          ]
        : []),
    ],
  }
}

function limitOf(trainers: readonly TrainerError[]): number {
  const errors = trainers
    .map(({ error }) => error)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const median = errors[errors.length >> 1] ?? 0
  const worst = trainers.flatMap(({ error, timeFolds, workloadFolds }) => [error, ...timeFolds, ...workloadFolds])
  const finite = worst.filter(Number.isFinite)
  return Math.min(Math.max(...finite, 0), mostTimesMedian * Math.max(median, 1e-9))
}
