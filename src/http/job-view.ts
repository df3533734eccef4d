import type { Job } from '../jobs/job.js'

/** A job as clients see it, with links to its events and result. */
export function jobView(job: Job) {
  const { parts: _, ...shown } = job
  const url = `/jobs/${job.id}`
  return {
    ...shown,
    links: { self: url, events: `${url}/events`, ...(job.resultBytes !== null && { result: `${url}/result` }) },
  }
}

/** A line of a list of jobs. */
export function jobSummary(job: Job) {
  const { log: _, scores: __, ...shown } = jobView(job)
  return shown
}
