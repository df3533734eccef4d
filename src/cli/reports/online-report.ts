import { ModelError } from '../../core/errors.js'
import { slotKey } from '../../online/round/slot.js'
import type { Round } from '../../online/status.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

/**
 * Reports one round of the online trainer, slot by slot.
 *
 * @throws ModelError `UNAVAILABLE` when it failed, `INVALID_DATA` when there is nothing to train on yet
 */
export function reportRound(io: CliIo, { outcome, why, assessment }: Round, json: boolean): void {
  if (json) writeJson(io.stdout, { outcome, why, ...assessment })
  else if (assessment && assessment.slots.length > 0) {
    writeTable(
      io.stdout,
      [{ title: 'MODEL OF' }, { title: 'ERROR', align: 'right' }, { title: 'NEW MODEL' }, { title: 'WHY', wrap: true }],
      assessment.slots.map(({ slot, fresh, verdict, why: own }) => [
        slotKey(slot),
        fresh ? `${fresh.percent.toFixed(1)} %` : '-',
        verdict.replaceAll('_', ' '),
        own,
      ]),
    )
  }
  if (outcome === 'failed') throw new ModelError('UNAVAILABLE', why)
  if (outcome === 'waiting') throw new ModelError('INVALID_DATA', `nothing is published yet: ${why}`)
  if (!json) writeNotes(io, ['', `${outcome === 'published' ? 'Published' : 'Nothing to publish'}: ${why}`])
}
