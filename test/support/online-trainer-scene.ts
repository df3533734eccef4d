import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { zipFiles } from '../../src/archive/write-model-archive.js'
import { openHistory } from '../../src/online/history/history.js'
import { createOnlineTrainer, type OnlineTrainerOptions } from '../../src/online/online-trainer.js'
import { openProfileFile } from '../../src/online/profile-file.js'
import type { Assessment, AssessRequest, SlotReport } from '../../src/online/round/assess.js'
import { pipelineVersions } from '../../src/online/versions/versions.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { simulatedPrometheus } from './simulated-prometheus.js'
import { simulatedResponse } from './simulated-response.js'
import { temporaryFolder } from './temporary-folder.js'

const start = 1_700_000_000
const response = simulatedResponse({ scenario: scenarioNamed('idle'), start, duration: 120, step: 3 })
export const slot: SlotReport = {
  slot: { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 },
  verdict: 'better',
  publish: true,
  urgent: true,
  why: '1.0 % off',
  fresh: { model: 'SGDRegressorTrainer_0', rows: 9, watts: 2, percent: 3, ratio: 4 },
  driftingSince: undefined,
}

/** A trainer whose rounds find what `found` says, and write a next version where that is wanted. */
export async function onlineTrainerScene(options: Partial<OnlineTrainerOptions> = {}) {
  const folder = await temporaryFolder()
  const prometheus = simulatedPrometheus(response)
  const versions = pipelineVersions(folder, 'std', 3)
  const history = await openHistory({
    folder: `${folder}/history`,
    seconds: 3600,
    maxBytes: 1e9,
    interval: 60,
    step: 3,
  })
  const found: {
    candidate: boolean
    slots: readonly SlotReport[]
    guests?: Assessment['guests']
    machines?: readonly Partial<Assessment['machines'][number]>[]
    failures?: Assessment['failures']
    findings?: readonly object[]
    damaged?: Assessment['damaged']
    learned?: Assessment['learned']
    fail?: Error
    before?: () => Promise<unknown>
  } = {
    candidate: true,
    slots: [slot],
  }
  const requests: AssessRequest[] = []
  const assess = async (request: AssessRequest): Promise<Assessment> => {
    requests.push(request)
    if (found.fail) throw found.fail
    const servedVersion = versions.liveNumber()
    await found.before?.()
    if (found.candidate) {
      await mkdir(dirname(request.candidatePath), { recursive: true })
      const metadata = JSON.stringify({ name: 'std', version: request.nextVersion })
      await writeFile(request.candidatePath, zipFiles(new Map([['metadata.json', metadata]])))
    }
    const machines = [
      {
        instance: 'worker',
        names: ['worker'],
        state: 'metered',
        sources: ['acpi'],
        vocabulary: 'kepler-0.7',
        why: '',
      } as const,
    ]
    const nothing = { damaged: found.damaged ?? [], learned: found.learned, dataFrom: 0, dataUntil: 0 }
    return {
      ...{ ...nothing, guests: found.guests, slots: found.slots, servedVersion, candidate: found.candidate },
      machines: (found.machines ?? machines) as Assessment['machines'],
      failures: found.failures ?? [],
      findings: (found.findings ?? []) as Assessment['findings'],
    }
  }
  let now = (start + 60) * 1000
  const logged: { readonly level: string; readonly message: string; readonly fields: object }[] = []
  const log = (level: string) => (fields: object, message: string) => logged.push({ level, message, fields })
  const logger = { ...silentLogger, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
  const trainer = createOnlineTrainer({
    client: prometheus,
    history,
    versions,
    learned: await openProfileFile(`${folder}/history`),
    specs: new Map(),
    trainers: ['SGDRegressorTrainer'],
    publishInterval: 60_000,
    interval: 20_000,
    recentSeconds: 60,
    minRows: 10,
    maxRows: 10_000,
    margin: 0.1,
    maxError: 30,
    errorKey: 'mae',
    logger,
    clock: () => now,
    random: () => 1,
    assess,
    ...options,
  })
  const { signal } = new AbortController()
  return {
    folder,
    prometheus,
    history,
    versions,
    found,
    requests,
    logged,
    trainer,
    round() {
      now += 6000
      return trainer.round(signal)
    },
  }
}
