import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { slotFolder } from '../online/round/slot.js'
import { type OnlineStatus, roundOutcomes } from '../online/status.js'
import { type NoticeKind, noticeKinds } from '../prometheus/notices.js'

const prefix = 'kepler_online_trainer_'
const slotLabels = ['source', 'output_type', 'feature_group', 'node_type', 'model'] as const

export interface OnlineMetrics {
  observeRound(seconds: number): void
  /** Counts samples that the client had to sort, drop or take as NaN. */
  recovered(kind: string, count: number): void
  /** Counts what Prometheus said next to an answer. */
  notice(kind: NoticeKind): void
}

/** Metrics of the online trainer. They are read at each scrape, so a model that is no longer served leaves no series. */
export function addOnlineMetrics(metricsRegistry: Registry, status: () => OnlineStatus): OnlineMetrics {
  const registers = [metricsRegistry]
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
  counter('failures_total', 'Failures, by reason.', 'reason', () => status().failures)
  counter('candidates_total', 'Candidate models, by verdict.', 'verdict', () => status().verdicts)
  gauge(
    'consecutive_failures',
    'Consecutive failed rounds; 0 after a round that did not fail.',
    () => status().consecutiveFailures,
  )
  gauge('last_round_timestamp_seconds', 'When the last round ended.', () => seconds(status().lastRoundAt))
  gauge('last_publish_timestamp_seconds', 'When a version was last published since the process started.', () =>
    seconds(status().lastPublishAt),
  )
  gauge('history_seconds', 'Time span of the measurements on disk.', () => status().history.seconds)
  gauge('history_bytes', 'Size of the measurements on disk.', () => status().history.bytes)
  gauge(
    'served_version',
    'Version that is served; 0 if the online trainer did not publish it.',
    () => status().servedVersion,
  )
  gauge('pinned', '1 while a version is pinned and nothing is published.', () => (status().pinned ? 1 : 0))
  new Gauge({
    name: `${prefix}machines`,
    help: 'Machines in the measurements, with a power meter and without one; only metered ones are trained on.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(status().machines)) this.set({ state }, count)
    },
  })

  new Gauge({
    name: `${prefix}guests`,
    help: 'Virtual machines with power of their host: joined with their own counters, not joined, or without a label.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(status().guests)) this.set({ state }, count)
    },
  })

  new Gauge({
    name: `${prefix}findings`,
    help: 'What was wrong with the measurements of the last round, and was left out or bridged, by kind.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset()
      for (const [kind, count] of Object.entries(status().findings)) this.set({ kind }, count)
    },
  })

  const watts = new Gauge({
    name: `${prefix}served_model_error_watts`,
    help: 'Mean absolute error of the served model on measurements that it was not trained on.',
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
    help: 'Mean absolute error of the served model, in percent of the mean power.',
    labelNames: slotLabels,
    registers,
  })
  const ratio = new Gauge({
    name: `${prefix}served_model_drift_ratio`,
    help: 'Mean absolute error of the served model, divided by its error when it was published.',
    labelNames: slotLabels,
    registers,
  })
  const duration = new Histogram({
    name: `${prefix}round_duration_seconds`,
    help: 'Duration of a round in seconds.',
    buckets: [0.5, 1, 2, 5, 10, 20, 60, 300],
    registers,
  })
  const recovered = new Counter({
    name: `${prefix}mended_samples_total`,
    help: 'Samples of Prometheus that were sorted, dropped as duplicates, or are not numbers.',
    labelNames: ['kind'],
    registers,
  })
  const notices = new Counter({
    name: `${prefix}prometheus_notices_total`,
    help: 'Texts that came with answers of Prometheus: warnings, with which something may be missing, and infos.',
    labelNames: ['kind'],
    registers,
  })
  for (const kind of noticeKinds) notices.inc({ kind }, 0)
  return {
    observeRound: (value) => duration.observe(value),
    recovered: (kind, count) => recovered.inc({ kind }, count),
    notice: (kind) => notices.inc({ kind }),
  }
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000
}
