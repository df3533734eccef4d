import type { Command } from 'commander'
import { untilAborted } from '../../service/running.js'
import { describedCommand } from '../help/described-command.js'
import { originalFlags } from '../options/original-arguments.js'
import { serverSetup } from '../options/server-setup.js'
import { meterFlags } from '../options/measurement-options.js'
import { addSettingOptions, type SettingFlags } from '../options/setting-options.js'
import { type CliIo, writeAnnouncement } from '../terminal/io.js'

const flags: SettingFlags = {
  OFFLINE_TRAINER_HOST: '--host <address>',
  OFFLINE_TRAINER_PORT: '--port <port>',
  JOBS_PATH: '--jobs-path <folder>',
  MODEL_PATH: '--model-path <folder>',
  ...meterFlags,
  OFFLINE_TRAINER_CONCURRENCY: '--concurrency <number>',
  OFFLINE_TRAINER_MAX_BODY: '--max-body <bytes>',
  TRAINER_THREADS: '--threads <number>',
  ERROR_KEY: '--error-key <attribute>',
  ...originalFlags,
}

/** `kepler-model offline-trainer`, also the program `offline-trainer`. */
export function offlineTrainerCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'offline-trainer',
    group: 'serve',
    summary: 'train pipelines on request over HTTP',
    description:
      'Takes saved Prometheus responses over HTTP, trains pipelines of models from them, and answers with the zip. Requests stream to disk and may be hundreds of megabytes; each job trains in a process of its own, so many at once, the rest wait. Jobs and results survive a restart. Set OFFLINE_TRAINER_TOKEN where others reach the port. Runs until SIGTERM or Ctrl-C. Logs go to stderr.',
    examples: [
      ['offline-trainer', 'on port 8102'],
      ['OFFLINE_TRAINER_TOKEN=$(cat /run/token) offline-trainer --concurrency 2', 'with a token, two jobs at once'],
      ['offline-trainer --host 127.0.0.1 --port 0 --jobs-path /tmp/jobs', 'try it'],
    ],
  })
  return addSettingOptions(command, flags).action(async () => {
    // Loaded when it is needed, so that other commands start faster.
    const [{ startOfflineTrainer }, { trainExample }] = await Promise.all([
      import('../../service/start-offline-trainer.js'),
      import('../../http/offline-trainer-text.js'),
    ])
    const { config, logger, version } = await serverSetup(io, command, flags)
    const trainer = await startOfflineTrainer(config, { logger, version })
    const lines = [
      `kepler-model-server ${version}`,
      '',
      `Offline trainer  ${trainer.url}  (try it at ${trainer.url}/docs)`,
      `Jobs are kept in ${trainer.folder}`,
      config.OFFLINE_TRAINER_TOKEN === undefined ? 'No token is needed (OFFLINE_TRAINER_TOKEN)' : 'A token is needed',
      '',
      'Send it a saved response (see `kepler-model query`), get a pipeline:',
      `  ${trainExample(trainer.url)}`,
    ]
    const { url, folder } = trainer
    writeAnnouncement(io.stdout, lines, { program: 'offline-trainer', url, version, jobs: folder })
    await untilAborted(io.signal)
    await trainer.stop()
  })
}
