import type { Command } from 'commander'
import type { PipelineRequest, TrainedPipeline } from '../../train/train-pipeline.js'
import { type ReportOptions, warnOfFailures, writeTrainReport } from '../reports/train-report.js'
import type { CliIo } from '../terminal/io.js'
import { trainProgress } from '../terminal/train-progress.js'

/**
 * Trains and writes a pipeline, shows how far it is, and reports what came of it.
 *
 * @param before what could not be trained on, for the report; it has been warned of
 * @throws ModelError as `trainPipeline`
 */
export async function trainAndReport(
  io: CliIo,
  command: Command,
  options: ReportOptions,
  request: Omit<PipelineRequest, 'arguments' | 'clock' | 'signal' | 'onProgress'>,
  before: TrainedPipeline['failures'] = [],
): Promise<TrainedPipeline> {
  // Loaded when it is needed, so that other commands start faster.
  const { trainPipeline } = await import('../../train/train-pipeline.js')
  const progress = trainProgress(io.stderr)
  try {
    const pipeline = await trainPipeline({
      ...request,
      arguments: command.opts(),
      clock: Date.now,
      signal: io.signal,
      onProgress: progress.onProgress,
    })
    progress.clear()
    warnOfFailures(io, pipeline.failures)
    writeTrainReport(io, { ...pipeline, failures: [...before, ...pipeline.failures] }, options)
    return pipeline
  } finally {
    progress.clear()
  }
}
