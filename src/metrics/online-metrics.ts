import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { slotFolder } from '../online/round/slot.js'
import { type OnlineStatus, roundOutcomes } from '../online/status.js'

const prefix = 'kepler_online_trainer_'
const slotLabels = ['source', 'output_type', 'feature_group', 'node_type', 'model'] as const

export interface OnlineMetrics {
  observeRound(seconds: number): void
  /** Samples that were not as a Prometheus gives them. */
  mended(kind: string, count: number): void
}

/** What the online trainer does and sees, read anew at each scrape; so a model that is no longer served leaves nothing. */
export function addOnlineMetrics(registry: Registry, status: () => OnlineStatus): OnlineMetrics {
  const registers = [registry]
  const counter = <L extends string>(
    name: string,
    help: string,
    label: L,
    values: () => Readonly<Record<string, number>>,
  ) =>
    new Counter({
      name: prefix + name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset()
        for (const [value, count] of Object.entries(values())) this.inc({ [label]: value } as Record<L, string>, count)
      },
    })
  const gauge = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name: prefix + name,
      help,
      registers,
      collect() {
        const now = value()
        if (now === undefined) this.remove()
        else this.set(now)
      },
    })

  counter('rounds_total', `Rounds by how they ended: ${roundOutcomes.join(', ')}.`, 'outcome', () => status().rounds)
  counter('failures_total', 'What went wrong, by reason.', 'reason', () => status().failures)
  counter('candidates_total', 'New models by what became of them.', 'verdict', () => status().verdicts)
  gauge('consecutive_failures', 'Failed rounds in a row; 0 while all is well.', () => status().consecutiveFailures)
  gauge('last_round_timestamp_seconds', 'When the last round ended.', () => seconds(status().lastRoundAt))
  gauge('last_publish_timestamp_seconds', 'When a version was published last, since the start.', () =>
    seconds(status().lastPublishAt),
  )
  gauge('history_seconds', 'Time that the kept measurements span.', () => status().history.seconds)
  gauge('history_bytes', 'Size of the kept measurements.', () => status().history.bytes)
  gauge('served_version', 'Version that is served; 0 if it is none of ours.', () => status().servedVersion)
  gauge('pinned', '1 while a version is pinned and nothing is published.', () => (status().pinned ? 1 : 0))
  new Gauge({
    name: `${prefix}machines`,
    help: 'Machines in the kept measurements: with a power meter, and without one (never learnt from).',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(status().machines)) this.set({ state }, count)
    },
  })

  const watts = new Gauge({
    name: `${prefix}served_model_error_watts`,
    help: 'Mean absolute error of the served model on measurements that it has not learnt from.',
    labelNames: slotLabels,
    registers,
    // Gauges are collected in the order in which they are made: the first one fills all.
    collect() {
      for (const one of [watts, percent, ratio]) one.reset()
      for (const { slot, model, ...error } of status().served) {
        const [source = '', output_type = '', feature_group = ''] = slotFolder(slot).split('/')
        const labels = { source, output_type, feature_group, node_type: String(slot.nodeType), model }
        watts.set(labels, error.watts)
        percent.set(labels, error.percent)
        if (error.ratio !== undefined) ratio.set(labels, error.ratio)
      }
    },
  })
  const percent = new Gauge({
    name: `${prefix}served_model_error_percent`,
    help: 'The same as a share of the mean power, in percent.',
    labelNames: slotLabels,
    registers,
  })
  const ratio = new Gauge({
    name: `${prefix}served_model_drift_ratio`,
    help: 'The same in watts, over the error that the model had when it was published.',
    labelNames: slotLabels,
    registers,
  })
  const duration = new Histogram({
    name: `${prefix}round_duration_seconds`,
    help: 'Seconds that a round took.',
    buckets: [0.5, 1, 2, 5, 10, 20, 60, 300],
    registers,
  })
  const mended = new Counter({
    name: `${prefix}mended_samples_total`,
    help: 'Samples of Prometheus that were sorted, left out as duplicates, or are no numbers.',
    labelNames: ['kind'],
    registers,
  })
  return {
    observeRound: (value) => duration.observe(value),
    mended: (kind, count) => mended.inc({ kind }, count),
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000
}
