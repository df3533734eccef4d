import { messageOf } from '../core/errors.js'
import type { PowerSource, ZonePower } from '../meter/power-source.js'
import { zoneFolders, powercapClass } from '../meter/powercap/layout.js'
import { lockTree } from '../meter/powercap/lock.js'
import { checkFolder, openPowercapTree, type PowercapTree } from '../meter/powercap/tree.js'
import type { Logger, MonotonicClock } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import type { Running } from './running.js'

export interface ShownTree extends Running {
  readonly folder: string
  /** Never throws: what cannot be shown now is shown as soon as the disk lets us. */
  add(powers: readonly ZonePower[], seconds: number): void
  state(): { readonly up: boolean; readonly failures: number }
  /** Where the counter of a zone is. */
  path(zone: string): string
}

export interface ShownTreeOptions {
  readonly folder: string
  readonly source: PowerSource
  readonly bootId: string
  readonly logger: Logger
  readonly clock: MonotonicClock
}

/**
 * Keeps a powercap tree, and says when it cannot.
 *
 * @throws ModelError `UNAVAILABLE` when the folder cannot be written or another meter writes there, `INVALID_CONFIG`
 *   when it has a tree that is not ours
 */
export async function showTree({ folder, source, bootId, logger, clock }: ShownTreeOptions): Promise<ShownTree> {
  const { zones, provenance } = source
  const log = throttledLog({ clock })
  checkFolder(folder)
  const lock = await lockTree(folder)
  if (!lock.held) logger.warn({ folder }, 'this file system has no sockets: nothing keeps a second meter away')
  let tree: PowercapTree
  try {
    tree = openPowercapTree({ folder, zones, provenance, bootId })
  } catch (error) {
    await lock.release()
    throw error
  }
  const entries = new Map<string, string>(zoneFolders(zones).map(({ zone, entry }) => [zone, entry]))
  let failures = 0
  let up = true
  let intrusions = 0
  return {
    name: 'powercap tree',
    folder,
    add(powers, seconds) {
      try {
        tree.add(powers, seconds)
        if (!up) logger.info({ folder }, 'the powercap tree can be written again and has all energy')
        up = true
      } catch (error) {
        failures++
        up = false
        log('write', (more) =>
          logger.error({ folder, more }, `the powercap tree stands still, energy is kept: ${messageOf(error)}`),
        )
      }
      if (tree.intrusions === intrusions) return
      intrusions = tree.intrusions
      log('intrusion', (more) => logger.warn({ folder, more }, 'somebody else writes the counters of this tree'))
    },
    state: () => ({ up, failures }),
    path: (zone) => `${folder}/${powercapClass}/${entries.get(zone) ?? zone}`,
    async stop() {
      try {
        tree.close()
      } finally {
        await lock.release()
      }
    },
  }
}
