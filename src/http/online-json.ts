import type { LogEntryJson, OnlineJson, VersionJson } from '../api/online-answers.js'
import type { OnlineStatus } from '../online/status.js'
import { reasonsOf } from '../online/versions/change-version.js'
import type { Versions } from '../online/versions/versions.js'
import { slotKey } from '../online/round/slot.js'

/** Log entries that are shown, the latest first. */
const mostEntries = 200

/** What the online trainer did and why, and the versions that there are. */
export async function onlineJson(status: OnlineStatus, versions: Versions, canChange: boolean): Promise<OnlineJson> {
  const [pin, reasons, list, history] = await Promise.all([
    versions.pin(),
    reasonsOf(versions),
    versions.list(),
    versions.history(),
  ])
  return {
    pipeline: status.pipeline,
    rounds: status.rounds,
    failures: status.failures,
    last_failure: status.lastFailure ?? null,
    last_round: status.lastRound,
    last_round_at: isoTime(status.lastRoundAt),
    last_publish_at: isoTime(status.lastPublishAt),
    history: status.history,
    machines: status.machines,
    guests: status.guests,
    findings: status.findings,
    drift: status.served.map(({ slot, ratio, ...error }) => ({ slot: slotKey(slot), ...error, ratio: ratio ?? null })),
    served_version: versions.liveNumber(),
    pinned: pin ?? null,
    versions: list
      .map(
        ({ number, bytes, publishedAt, live }): VersionJson => ({
          version: number,
          bytes,
          published: new Date(publishedAt).toISOString(),
          served: live,
          why: reasons.get(number) ?? null,
        }),
      )
      .reverse(),
    log: history.slice(-mostEntries).reverse().map(entryJson),
    can_change: canChange,
  }
}

function entryJson({
  time,
  action,
  version,
  why,
  slots = {},
}: Awaited<ReturnType<Versions['history']>>[number]): LogEntryJson {
  return {
    time,
    action,
    version: version ?? null,
    why,
    slots: Object.entries(slots).map(([slot, decision]) => ({ slot, ...decision })),
  }
}

function isoTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}
