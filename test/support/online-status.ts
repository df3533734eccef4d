import type { OnlineStatus } from '../../src/online/status.js'

const noVerdicts = {
  first: 0,
  better: 0,
  too_few_rows: 0,
  too_quiet: 0,
  no_skill: 0,
  too_inaccurate: 0,
  narrower: 0,
  no_better: 0,
  no_longer_better: 0,
  too_soon: 0,
  untrainable: 0,
}
const noFailures = { unavailable: 0, refused: 0, invalid: 0, disk: 0, pipeline: 0, round: 0 }

/** The state of an online trainer at its start, with other values where a test wants them. */
export function fakeOnlineStatus(values: Partial<OnlineStatus> = {}): OnlineStatus {
  return {
    pipeline: 'trained',
    rounds: { published: 0, kept: 0, waiting: 0, failed: 0 },
    failures: noFailures,
    consecutiveFailures: 0,
    lastFailure: undefined,
    lastRound: '',
    lastRoundAt: undefined,
    lastPublishAt: undefined,
    history: { seconds: 0, bytes: 0 },
    machines: { metered: 0, no_meter: 0 },
    guests: { joined: 0, not_joined: 0, no_label: 0 },
    findings: {},
    served: [],
    servedVersion: 0,
    pinned: false,
    verdicts: noVerdicts,
    ...values,
  }
}
