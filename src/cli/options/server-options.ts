import { meterFlags } from './measurement-options.js'
import { originalFlags } from './original-arguments.js'
import type { SettingFlags } from './setting-options.js'

/** Options of programs that serve models. */
export const modelServerFlags: SettingFlags = {
  MODEL_SERVER_HOST: '--host <address>',
  MODEL_SERVER_PORT: '--port <port>',
  MODEL_PATH: '--model-path <folder>',
  INITIAL_PIPELINE_URL: '--pipeline-url <url>',
  OFFLINE: '--offline',
  ERROR_KEY: '--error-key <attribute>',
  DEMO: '--demo',
  ...originalFlags,
}

/** Options of programs that estimate. */
export const estimatorFlags: SettingFlags = {
  ESTIMATOR_SOCKETS: '-s, --socket <path>',
  ESTIMATOR_HTTP_PORT: '--http [port]',
  ESTIMATOR_HTTP_HOST: '--http-host <address>',
  MACHINE_SPEC_PATH: '--machine-spec <file>',
}

/** Options of programs that train online. */
export const onlineTrainerFlags: SettingFlags = {
  PROM_SERVER: '--prometheus <url>',
  PROM_SSL_DISABLE: '--insecure',
  PROM_CA_FILE: '--ca-file <file>',
  PROM_ALLOW_PARTIAL: '--allow-partial',
  ...meterFlags,
  SAMPLING_INTERVAL: '--sampling-interval <seconds>',
  ONLINE_HISTORY_PATH: '--history-path <folder>',
  ONLINE_PIPELINE: '--online-pipeline <name>',
  ONLINE_TRAINERS: '--trainer <name>',
  ONLINE_MARGIN: '--margin <percent>',
  ONLINE_MACHINE_SPECS: '--machine-specs <folder>',
  ONLINE_NODE_OS: '--node-os <machines>',
}
