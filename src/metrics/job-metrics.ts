import { Gauge, Histogram, type Registry } from 'prom-client'
import { type Job, jobStates } from '../jobs/job.js'
import type { JobStore } from '../jobs/job-store.js'

export interface JobMetrics {
  ended(job: Job, seconds: number): void
}

/** Metrics of jobs: number by state, bytes on disk, durations. */
export function addJobMetrics(metricsRegistry: Registry, store: Pick<JobStore, 'list' | 'bytes'>): JobMetrics {
  const registers = [metricsRegistry]
  const prefix = 'kepler_offline_trainer_'
  new Gauge({
    name: `${prefix}jobs`,
    help: 'Jobs by state, finished ones included.',
    labelNames: ['state'],
    registers,
    collect() {
      const jobs = store.list()
      for (const state of jobStates) this.set({ state }, jobs.filter((job) => job.state === state).length)
    },
  })
  new Gauge({
    name: `${prefix}store_bytes`,
    help: 'Bytes of requests and results on disk.',
    registers,
    collect() {
      this.set(store.bytes())
    },
  })
  const duration = new Histogram({
    name: `${prefix}job_duration_seconds`,
    help: 'Seconds from the start of a job to its end, by its final state.',
    labelNames: ['state'],
    buckets: [1, 5, 15, 60, 300, 1800, 7200],
    registers,
  })
  return { ended: ({ state }, seconds) => duration.observe({ state }, seconds) }
}
